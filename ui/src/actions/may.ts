/**
 * Whether one may act on a gateway, and why not.
 */
import type { Gateway, Role } from '../generated';
import { m } from '../paraglide/messages.js';

export const ROLE_NAMES: Record<Role, () => string> = {
  viewer: m.people_role_viewer,
  operator: m.people_role_operator,
  admin: m.people_role_admin,
};

/** Why actions are off that need this role, in words; `null` where one may act. */
export function whyNot(
  gateway: Pick<Gateway, 'link' | 'operator' | 'safe'>,
  needs: Exclude<Role, 'viewer'> = 'operator',
): string | null {
  if (gateway.link.state !== 'live') return m.people_offline_action();
  const role = gateway.operator?.role;
  if (needs === 'admin' && role !== 'admin') return m.people_needs_admin();
  if (role === 'viewer') return m.people_viewer();
  if (gateway.safe) return m.people_safe();
  return null;
}
