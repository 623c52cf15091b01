/**
 * What can be typed next in a field, as a list below it: walked with the arrows, taken with a key. The focus stays in the
 * field.
 *
 * Owns which offer is marked, and which keys are the list's. It knows neither what is offered nor where it comes from.
 */
export class Offers<Item> {
  items = $state.raw<readonly Item[]>([]);
  /** The offer that the arrows have marked. */
  marked = $state<number | null>(null);

  get isOpen(): boolean {
    return this.items.length > 0;
  }

  /** Offers these, and marks none of them. */
  show(items: readonly Item[]): void {
    this.items = items;
    this.marked = null;
  }

  close(): void {
    this.show([]);
  }

  /** To the next offer, or the one before; past the last one, and before the first, none is marked. */
  move(step: 1 | -1): void {
    const last = this.items.length - 1;
    const from = this.marked ?? (step === 1 ? -1 : last + 1);
    const to = from + step;
    this.marked = to < 0 || to > last ? null : to;
  }

  /** What becomes of a key; whether it was one of the list's. */
  key(event: KeyboardEvent, { ask, take }: { ask: () => void; take: (index: number) => void }): boolean {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return false;
    const { marked } = this;
    switch (event.key) {
      case 'ArrowDown':
      case 'ArrowUp':
        if (this.isOpen) this.move(event.key === 'ArrowDown' ? 1 : -1);
        else ask();
        break;
      case 'Tab':
        if (!this.isOpen) return false;
        take(marked ?? 0);
        break;
      case 'Enter':
        if (!this.isOpen) return false;
        if (marked === null) this.close();
        else take(marked);
        break;
      case 'Escape':
        if (!this.isOpen) return false;
        this.close();
        event.stopPropagation();
        break;
      default:
        return false;
    }
    event.preventDefault();
    return true;
  }

  /** What ties the field to its list. */
  attributes(list: string) {
    return {
      role: 'combobox',
      'aria-autocomplete': 'list',
      'aria-haspopup': 'listbox',
      'aria-expanded': this.isOpen,
      'aria-controls': list,
      'aria-activedescendant': this.marked === null ? undefined : `${list}-${this.marked}`,
    } as const;
  }
}
