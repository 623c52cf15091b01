/**
 * Whom a notification is for, put into words.
 */
import type { NotificationTarget } from '../generated';
import { count } from '../kit/format';
import { m } from '../paraglide/messages.js';
import { isolated, visible } from './visible';

export function targetText(target: NotificationTarget): string {
  if (target === 'all') return m.notify_target_all();
  if ('users' in target) {
    const ids = target.users;
    return m.notify_target_users({ id: isolated(String(ids[0] ?? '')), count: ids.length, shown: count(ids.length) });
  }
  if ('room' in target) {
    return m.notify_target_room({ room: isolated(target.room.room), namespace: visible(target.room.namespace) });
  }
  return visible(target.namespace);
}
