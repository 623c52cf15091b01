/**
 * Failures, put into words: what happened and what one can do, by the failure's code, in the language of the page.
 * The reason has the names and numbers of the case; it is shown below.
 */
import type { FailureCode } from '../generated';
import { m } from '../paraglide/messages.js';

export interface FailureWords {
  title: string;
  hint: string;
}

export function failureWords(code: FailureCode): FailureWords {
  const { title, hint } = WORDS[code];
  return { title: title(), hint: hint() };
}

const WORDS: Record<FailureCode, { title: () => string; hint: () => string }> = {
  invalidUrl: { title: m.failure_invalid_url, hint: m.failure_invalid_url_hint },
  unreachable: { title: m.failure_unreachable, hint: m.failure_unreachable_hint },
  notAGateway: { title: m.failure_not_a_gateway, hint: m.failure_not_a_gateway_hint },
  certificate: { title: m.failure_certificate, hint: m.failure_certificate_hint },
  refused: { title: m.failure_refused, hint: m.failure_refused_hint },
  throttled: { title: m.failure_throttled, hint: m.failure_throttled_hint },
  forbidden: { title: m.failure_forbidden, hint: m.failure_forbidden_hint },
  conflict: { title: m.failure_conflict, hint: m.failure_conflict_hint },
  notConnected: { title: m.failure_not_connected, hint: m.failure_not_connected_hint },
  noAnswer: { title: m.failure_no_answer, hint: m.failure_no_answer_hint },
  invalidArgument: { title: m.failure_invalid_argument, hint: m.failure_invalid_argument_hint },
  portInUse: { title: m.failure_port_in_use, hint: m.failure_port_in_use_hint },
  storeDamaged: { title: m.failure_store_damaged, hint: m.failure_store_damaged_hint },
  localGateway: { title: m.failure_local_gateway, hint: m.failure_local_gateway_hint },
  keychain: { title: m.failure_keychain, hint: m.failure_keychain_hint },
  notWritable: { title: m.failure_not_writable, hint: m.failure_not_writable_hint },
  diskFull: { title: m.failure_disk_full, hint: m.failure_disk_full_hint },
  internal: { title: m.failure_internal, hint: m.failure_internal_hint },
};
