/**
 * What the page can ask of the program that it runs in: the agreement between the page and whoever hosts it.
 *
 * Owns the shape of a host and of a failure. It must never know which host there is.
 */
import { reasonWords } from '../words/reason';
import type { Calls, Failure as FailureBody, FailureCode, Reason, ViewQuery, ViewUpdate } from '../generated';

export type CallName = keyof Calls;
export type Args<K extends CallName> = Calls[K]['args'];
export type Answer<K extends CallName> = Calls[K]['answer'];

export type ViewKind = ViewQuery['view'];
export type QueryOf<V extends ViewKind> = Extract<ViewQuery, { view: V }>;
export type UpdateOf<V extends ViewKind> = Extract<ViewUpdate, { view: V }>;

/** A view that is open: updates arrive until it is closed. */
export interface OpenView<V extends ViewKind> {
  /** Shows something else in the same view. Changes are carried out in the order in which they are asked for. */
  change(query: QueryOf<V>): void;
  /** Ends the view. No update arrives afterwards. */
  close(): void;
}

/** What a view's owner is told. */
export interface ViewListener<V extends ViewKind> {
  update(update: UpdateOf<V>): void;
  /** The view could not be opened or changed. */
  fail(failure: Failure): void;
}

/** A program that hosts the page. */
export interface Host {
  /** Asks for one thing. Rejects with a {@link Failure}, and with nothing else. */
  call<K extends CallName>(name: K, args: Args<K>): Promise<Answer<K>>;
  openView<V extends ViewKind>(query: QueryOf<V>, listener: ViewListener<V>): OpenView<V>;
}

/** Why a call failed, as an error that can be thrown. */
export class Failure extends Error implements FailureBody {
  override readonly name = 'Failure';
  readonly code: FailureCode;
  readonly reason: Reason;

  constructor({ code, reason }: FailureBody) {
    super();
    this.code = code;
    this.reason = reason;
    // In the language that the page has when it is shown.
    Object.defineProperty(this, 'message', { get: () => reasonWords(reason) });
  }

  /** Whatever was thrown, as a failure: a host's own words are kept, anything else is `internal`. */
  static from(thrown: unknown): Failure {
    if (thrown instanceof Failure) return thrown;
    if (isFailureBody(thrown)) return new Failure(thrown);
    const text = thrown instanceof Error ? thrown.message : String(thrown);
    return new Failure({ code: 'internal', reason: { is: 'said', text } });
  }
}

function isFailureBody(value: unknown): value is FailureBody {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    typeof value.code === 'string' &&
    'reason' in value &&
    typeof value.reason === 'object'
  );
}
