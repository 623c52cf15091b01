/**
 * Where a text stops being JSON.
 *
 * Owns a reader that follows RFC 8259 and says the place of the first mistake: the engines' own messages differ, and
 * WebKit's name no place at all. It must never know what the data is for.
 */

/** What is wrong, for the page to put into words. */
export type Mistake =
  /** The text ends too early. */
  | 'end'
  /** Something stands here that cannot. */
  | 'unexpected'
  /** A comma before a closing bracket. */
  | 'trailingComma'
  /** A key or a text is in single quotes, or in none. */
  | 'quotes'
  /** A control character inside a text: it must be escaped. */
  | 'control'
  /** An escape that JSON does not have. */
  | 'escape'
  /** A number that a program would round: it should be sent as a text. */
  | 'inexact';

export interface Place {
  /** From 1. */
  line: number;
  /** From 1, in UTF-16 units, as editors count. */
  column: number;
  mistake: Mistake;
}

export type Read = { value: unknown } | { place: Place };

/** Reads a text as JSON. A mistake is told by its place, never thrown. */
export function readJson(text: string): Read {
  const scan = new Scan(text);
  try {
    scan.document();
  } catch (thrown) {
    if (!(thrown instanceof Stop)) throw thrown;
    return { place: { ...placeOf(text, thrown.offset), mistake: thrown.mistake } };
  }
  return { value: JSON.parse(text) as unknown };
}

function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}

class Stop extends Error {
  constructor(
    readonly offset: number,
    readonly mistake: Mistake,
  ) {
    super(mistake);
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SPACE = /[ \t\r\n]*/y;
const WORD = /[A-Za-z_$][\w$]*/y;

class Scan {
  #at = 0;

  constructor(private readonly text: string) {}

  document(): void {
    this.#space();
    this.#value();
    this.#space();
    if (this.#at < this.text.length) throw this.#stop('unexpected');
  }

  #value(): void {
    const next = this.text[this.#at];
    if (next === '{') this.#members('}', () => this.#member());
    else if (next === '[') this.#members(']', () => this.#value());
    else if (next === '"') this.#string();
    else if (next === "'") throw this.#stop('quotes');
    else if (next !== undefined && (next === '-' || (next >= '0' && next <= '9'))) this.#number();
    else this.#literal();
  }

  /** What stands between brackets, separated by commas. */
  #members(close: '}' | ']', member: () => void): void {
    this.#at += 1;
    this.#space();
    if (this.#take(close)) return;
    for (;;) {
      member();
      this.#space();
      if (this.#take(close)) return;
      if (!this.#take(',')) throw this.#stop('unexpected');
      this.#space();
      if (this.text[this.#at] === close) throw this.#stop('trailingComma');
    }
  }

  #member(): void {
    const next = this.text[this.#at];
    if (next !== '"')
      throw this.#stop(next === "'" || (next !== undefined && /[\w$]/.test(next)) ? 'quotes' : 'unexpected');
    this.#string();
    this.#space();
    if (!this.#take(':')) throw this.#stop('unexpected');
    this.#space();
    this.#value();
  }

  #string(): void {
    this.#at += 1;
    for (;;) {
      const unit = this.text.charCodeAt(this.#at);
      if (Number.isNaN(unit)) throw this.#stop('end');
      if (unit < 0x20) throw this.#stop('control');
      if (unit === 0x22) break;
      if (unit === 0x5c) this.#escape();
      else this.#at += 1;
    }
    this.#at += 1;
  }

  #escape(): void {
    const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
    if (!this.#match(escape)) throw this.#stop('escape');
  }

  #number(): void {
    const start = this.#at;
    const literal = this.#match(NUMBER);
    if (literal === undefined) throw this.#stop('unexpected');
    const value = Number(literal);
    const whole = /^-?\d+$/.test(literal);
    if (!Number.isFinite(value) || (whole && !Number.isSafeInteger(value))) throw new Stop(start, 'inexact');
  }

  #literal(): void {
    const start = this.#at;
    const word = this.#match(WORD);
    if (word === 'true' || word === 'false' || word === 'null') return;
    throw new Stop(start, start >= this.text.length ? 'end' : word === undefined ? 'unexpected' : 'quotes');
  }

  #space(): void {
    this.#match(SPACE);
  }

  #take(sign: string): boolean {
    if (this.text[this.#at] !== sign) return false;
    this.#at += 1;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #stop(mistake: Mistake): Stop {
    return new Stop(this.#at, this.#at >= this.text.length ? 'end' : mistake);
  }
}
