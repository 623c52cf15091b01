/**
 * What operators' commands are called. A command of a newer gateway keeps its own name.
 */
import { m } from '../../paraglide/messages.js';

const NAMES: Record<string, () => string> = {
  notify: m.audit_command_notify,
  message: m.audit_command_message,
  'join-room': m.audit_command_join_room,
  'leave-room': m.audit_command_leave_room,
  'close-room': m.audit_command_close_room,
  disconnect: m.audit_command_disconnect,
  ban: m.audit_command_ban,
  'undo-ban': m.audit_command_undo_ban,
  unban: m.audit_command_unban,
  'set-policy': m.audit_command_set_policy,
  'revoke-tokens': m.audit_command_revoke_tokens,
  accounts: m.audit_command_accounts,
  'account.add': m.audit_command_account_add,
  'account.disable': m.audit_command_account_disable,
  'account.passwd': m.audit_command_account_password,
  'api-keys': m.audit_command_api_keys,
  'acknowledge-alert': m.audit_command_acknowledge_alert,
  'silence-alert': m.audit_command_silence_alert,
  trace: m.audit_command_trace,
  'trace-stop': m.audit_command_trace_stop,
  drain: m.audit_command_drain,
  resume: m.audit_command_resume,
  followers: m.audit_command_followers,
  publish: m.audit_command_publish,
  report: m.audit_command_report,
};

export const COMMANDS = Object.keys(NAMES);

export function commandText(command: string): string {
  return NAMES[command]?.() ?? command;
}
