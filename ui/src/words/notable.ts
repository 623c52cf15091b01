/**
 * Notable events, put into words.
 *
 * Owns the sentence for each kind of event, in the language of the page. It must never know where it is shown.
 */
import type { NotableWhat, Recovery } from '../generated';
import { count } from '../kit/format';
import type { Tone } from '../kit/tone';
import { m } from '../paraglide/messages.js';
import { alertText } from './alert';
import { eventName } from './event';
import { reasonWords } from './reason';
import { nameOf } from './user';
import { isolated } from './visible';

/** The whole sentence: who did what. */
export function sentence(what: NotableWhat): string {
  switch (what.is) {
    case 'online':
      return m.notable_online({ name: isolated(nameOf(what.user)) });
    case 'offline':
      return m.notable_offline({ name: isolated(nameOf(what.user)) });
    case 'connected':
      return m.notable_connected({ name: isolated(nameOf(what.user)), address: isolated(what.address) });
    case 'disconnected':
      return m.notable_disconnected({ name: isolated(nameOf(what.user)), reason: isolated(what.reason) });
    case 'roomJoined':
      return m.notable_room_joined({ name: isolated(nameOf(what.user)), room: isolated(what.room) });
    case 'roomLeft':
      return m.notable_room_left({ name: isolated(nameOf(what.user)), room: isolated(what.room) });
    case 'limit': {
      const { user, event, dropped } = what.episode;
      return m.notable_limit({
        name: isolated(nameOf(user)),
        event: isolated(eventName(event)),
        count: dropped,
        shown: count(dropped),
      });
    }
    case 'notified': {
      const { title, targets, delivered, queued } = what.notification;
      const said = { title: isolated(title), delivered: count(delivered), targets: count(targets) };
      return queued > 0 ? m.notable_notified_queued({ ...said, queued: count(queued) }) : m.notable_notified(said);
    }
    case 'alert':
      return isolated(alertText(what.alert));
    case 'kicked': {
      const first = what.sample[0];
      const said = {
        who: first ? isolated(nameOf(first)) : m.notable_someone(),
        reason: isolated(what.reason),
        count: what.users,
        shown: count(what.users),
      };
      return what.by === null ? m.notable_kicked_gateway(said) : m.notable_kicked({ ...said, by: isolated(what.by) });
    }
    case 'linkLost':
      return m.notable_link_lost({ reason: reasonWords(what.reason) });
    case 'linkBack':
      return RECOVERED[what.recovery]();
  }
}

const RECOVERED: Record<Recovery, () => string> = {
  resumed: m.notable_link_resumed,
  reread: m.notable_link_reread,
  restarted: m.notable_link_restarted,
};

/** The sentence without its subject, for a place that shows one user alone. */
export function ownSentence(what: NotableWhat): string {
  switch (what.is) {
    case 'online':
      return m.notable_self_online();
    case 'offline':
      return m.notable_self_offline();
    case 'connected':
      return m.notable_self_connected({ address: isolated(what.address) });
    case 'disconnected':
      return m.notable_self_disconnected({ reason: isolated(what.reason) });
    case 'roomJoined':
      return m.notable_self_room_joined({ room: isolated(what.room) });
    case 'roomLeft':
      return m.notable_self_room_left({ room: isolated(what.room) });
    case 'limit': {
      const { event, dropped, limit } = what.episode;
      return m.notable_self_limit({ event: isolated(eventName(event)), shown: count(dropped), limit: count(limit) });
    }
    case 'kicked': {
      const reason = isolated(what.reason);
      return what.by === null
        ? m.notable_self_kicked_gateway({ reason })
        : m.notable_self_kicked({ by: isolated(what.by), reason });
    }
    case 'notified':
    case 'alert':
    case 'linkLost':
    case 'linkBack':
      return sentence(what);
  }
}

/** How much an event asks for attention. */
export function toneOf(what: NotableWhat): Tone {
  switch (what.is) {
    case 'alert':
      return what.alert.kind === 'error' || what.alert.level === 'high' ? 'bad' : 'warn';
    case 'limit':
      return 'warn';
    case 'linkLost':
      return 'bad';
    case 'linkBack':
      return 'ok';
    case 'notified':
      return 'accent';
    default:
      return 'neutral';
  }
}
