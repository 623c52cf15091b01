/**
 * What happened, put into words: in the language of the page, with the names and numbers of the case made safe to look at.
 * Only what somebody else has put into words is shown as it came.
 */
import type { Reason } from '../generated';
import { m } from '../paraglide/messages.js';
import { isolated, visible } from './visible';

type Known = Exclude<Reason, { is: 'said' }>;
/** What a sentence needs of a reason. */
type Parts<One> = { [Name in keyof Omit<One, 'is'>]: string };

const WORDS: { [Is in Known['is']]: (parts: Parts<Extract<Known, { is: Is }>>) => string } = {
  gatewaySaid: m.reason_gateway_said,
  noSuchGateway: m.reason_no_such_gateway,
  notConnected: m.reason_not_connected,
  noAnswer: m.reason_no_answer,
  unreadableAnswer: m.reason_unreadable_answer,
  olderGateway: m.reason_older_gateway,
  safeMode: m.reason_safe_mode,
  filterMistake: m.reason_filter_mistake,
  tooMany: m.reason_too_many,
  emptyAddress: m.reason_empty_address,
  notAnAddress: m.reason_not_an_address,
  wrongScheme: m.reason_wrong_scheme,
  secretInAddress: m.reason_secret_in_address,
  afterTheHost: m.reason_after_the_host,
  notAWholePath: m.reason_not_a_whole_path,
  fileUnreadable: m.reason_file_unreadable,
  noCertificate: m.reason_no_certificate,
  certificateUnusable: m.reason_certificate_unusable,
  notSaved: m.reason_not_saved,
  notWritten: m.reason_not_written,
  noColour: m.reason_no_colour,
  savedAlready: m.reason_saved_already,
  noGatewayList: m.reason_no_gateway_list,
  noStartAtLogin: m.reason_no_start_at_login,
  notAToken: m.reason_not_a_token,
  noRole: m.reason_no_role,
  tokenRefused: m.reason_token_refused,
  signInRefused: m.reason_sign_in_refused,
  notAllowed: m.reason_not_allowed,
  tooManyAttempts: m.reason_too_many_attempts,
  nothingAnswers: m.reason_nothing_answers,
  slowToAnswer: m.reason_slow_to_answer,
  noSecureConnection: m.reason_no_secure_connection,
  notHttp: m.reason_not_http,
  notAGateway: m.reason_not_a_gateway,
  linkBroke: m.reason_link_broke,
  linkEnded: m.reason_link_ended,
  doorClosed: m.reason_door_closed,
  noSignOfLife: m.reason_no_sign_of_life,
  fellBehind: m.reason_fell_behind,
  consoleBusy: m.reason_console_busy,
  unreadableMessage: m.reason_unreadable_message,
  invalidCredentials: m.reason_invalid_credentials,
  accountDisabled: m.reason_account_disabled,
  notPermitted: m.reason_not_permitted,
  banned: m.reason_banned,
  connectionLimit: m.reason_connection_limit,
  serverBusy: m.reason_server_busy,
  programMissing: m.reason_program_missing,
  programNotThere: m.reason_program_not_there,
  cannotStart: m.reason_cannot_start,
  strangerRuns: m.reason_stranger_runs,
  folderNotMade: m.reason_folder_not_made,
  noLog: m.reason_no_log,
  notReady: m.reason_not_ready,
  saysNothing: m.reason_says_nothing,
  wrongConfiguration: m.reason_wrong_configuration,
  portTaken: m.reason_port_taken,
  storeDamaged: m.reason_store_damaged,
  ended: m.reason_ended,
  stoppedTooSoon: m.reason_stopped_too_soon,
  endedFromOutside: m.reason_ended_from_outside,
  noFolder: m.reason_no_folder,
  filesUnreadable: m.reason_files_unreadable,
  closing: m.reason_closing,
  keychainMissing: m.reason_keychain_missing,
  keychainRefused: m.reason_keychain_refused,
  keychainSilent: m.reason_keychain_silent,
};

/** The sentence for a reason. */
export function reasonWords(reason: Reason): string {
  if (reason.is === 'said') return visible(reason.text);
  const parts = Object.entries(reason).map(([name, value]) => [name, shown(value)]);
  const say = WORDS[reason.is] as (parts: Record<string, string>) => string;
  return say(Object.fromEntries(parts) as Record<string, string>);
}

function shown(value: string | number): string {
  // Ports and processes are numbers too, and have no thousands.
  return typeof value === 'number' ? String(value) : isolated(value);
}
