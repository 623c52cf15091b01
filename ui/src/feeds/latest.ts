/**
 * The buffer of a view whose every update replaces the one before.
 */
import type { UpdateOf, ViewKind } from '../host';
import type { ViewBuffer } from './feed.svelte';

export class Latest<V extends ViewKind> implements ViewBuffer<V> {
  /** The last update; `null` before the first. */
  value: UpdateOf<V> | null = null;

  apply(update: UpdateOf<V>): void {
    this.value = update;
  }
}
