/**
 * A number that is typed to confirm.
 */

/** Whether the text is that number, with or without the signs that separate its thousands. */
export function isNumber(typed: string, number: number): boolean {
  const digits = typed.trim().replace(/(\d)[,.\s’'](?=\d{3})/g, '$1');
  return digits === String(number);
}
