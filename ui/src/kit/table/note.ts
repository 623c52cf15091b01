/** A line across a table that stands between its rows, and says something about them. */
export class Note {
  constructor(
    readonly key: string,
    readonly text: string,
  ) {}
}
