/** Times of day as a field gives them. */

/** Whether a text is a minute of a day, as `07:30`. */
export function isTimeOfDay(text: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(text);
}
