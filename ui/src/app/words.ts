/** Words of the frame that stand for a state. */
import type { LocalGateway, Role } from '../generated';
import { m } from '../paraglide/messages.js';

export function roleWord(role: Role): string {
  switch (role) {
    case 'viewer':
      return m.app_role_viewer();
    case 'operator':
      return m.app_role_operator();
    case 'admin':
      return m.app_role_admin();
  }
}

export function localWord(local: LocalGateway): string {
  switch (local.state) {
    case 'missing':
      return m.app_local_missing();
    case 'stopped':
      return local.reason === null ? m.app_local_stopped() : m.app_local_failed();
    case 'starting':
      return m.app_local_starting();
    case 'running':
      return local.address;
    case 'restarting':
      return m.app_local_restarting();
  }
}
