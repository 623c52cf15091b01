/**
 * Texts from strangers, made safe to look at.
 *
 * Owns which characters are shown by name instead of doing what they do: a name must not be able to turn the line
 * around, break it, or pass for another name. Markup needs no care: a template never reads text as markup.
 */

/** A stretch of a text: as it came, or a sign that stands for a character nobody would see. */
export interface Stretch {
  text: string;
  standsIn: boolean;
}

const ZWNJ = 0x200c;
const ZWJ = 0x200d;

/** Nobody reads more of a name, and no gateway keeps names as long; in UTF-16 units. */
const LONGEST = 2_000;
/** A payload or what came with an alert: still to be laid out without a pause. */
const LONGEST_LINES = 200_000;

// Controls, bidirectional marks and isolates, line separators, invisible fillers and tags.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/u;

/** The text in stretches; what is too long for anybody ends with an ellipsis. */
export function stretches(text: string): Stretch[] {
  if (!UNSEEN.test(text)) return [{ text: cut(text, LONGEST), standsIn: false }];
  const found: Stretch[] = [];
  const signs = [...cut(text, LONGEST)];
  for (const [index, sign] of signs.entries()) {
    const standsIn = isUnseen(signs, index);
    const last = found.at(-1);
    const seen = standsIn ? standIn(sign) : sign;
    if (last?.standsIn === standsIn) last.text += seen;
    else found.push({ text: seen, standsIn });
  }
  return found;
}

/** The text with every unseen character replaced. */
export function visible(text: string): string {
  return shown(cut(text, LONGEST));
}

/** The text over several lines: what breaks a line is kept, and nothing else that does something. */
export function visibleLines(text: string): string {
  return cut(text, LONGEST_LINES).split('\n').map(shown).join('\n');
}

/** The text for use within a sentence: visible, and isolated, so that its direction ends with it. */
export function isolated(text: string): string {
  return `\u2068${visible(text)}\u2069`;
}

function shown(text: string): string {
  if (!UNSEEN.test(text)) return text;
  const signs = [...text];
  return signs.map((sign, index) => (isUnseen(signs, index) ? standIn(sign) : sign)).join('');
}

function isUnseen(signs: readonly string[], index: number): boolean {
  return UNSEEN.test(signs[index] ?? '') && !joins(signs, index);
}

function cut(text: string, longest: number): string {
  // A cut through a sign of two units would leave half of it.
  return text.length > longest ? `${text.slice(0, longest).replace(/[\ud800-\udbff]$/, '')}…` : text;
}

/** Joiners belong to the writing of Persian, Hindi and emoji; between Latin letters they only hide. */
function joins(signs: readonly string[], index: number): boolean {
  const code = signs[index]?.codePointAt(0);
  if (code !== ZWJ && code !== ZWNJ) return false;
  const before = signs[index - 1]?.codePointAt(0) ?? 0;
  const after = signs[index + 1]?.codePointAt(0) ?? 0;
  return before > 0x2ff && after > 0x2ff;
}

function standIn(sign: string): string {
  const code = sign.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  return `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`;
}
