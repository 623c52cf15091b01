/** A text in double quotes, as the languages of filters read it: every sign in it stands for itself. */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
