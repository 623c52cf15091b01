/**
 * The page's one door to the program that it runs in. Nothing else in the page imports `@tauri-apps`.
 *
 * Owns which host is in use. Everything that a page shows or does goes through `call` and `openView`.
 */
import type { Answer, Args, CallName, Host, OpenView, QueryOf, UpdateOf, ViewKind } from './host';
import { Failure } from './host';
import { tauriHost } from './tauri';

export { Failure };
export type { Answer, Args, CallName, Host, OpenView, QueryOf, UpdateOf, ViewKind };

let host: Host = tauriHost;

/** Runs the page on another host. Only before the page is mounted: views that are open stay with the host they have. */
export function useHost(other: Host): void {
  host = other;
}

/** Asks for one thing. Rejects with a {@link Failure}, and with nothing else. */
export function call<K extends CallName>(name: K, args: Args<K>): Promise<Answer<K>> {
  return host.call(name, args);
}

/** Opens a view: `update` is called with each of its updates until it is closed. */
export function openView<V extends ViewKind>(
  query: QueryOf<V>,
  update: (update: UpdateOf<V>) => void,
  fail: (failure: Failure) => void = () => undefined,
): OpenView<V> {
  return host.openView(query, { update, fail });
}
