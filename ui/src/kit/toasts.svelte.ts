/** Short messages about what has just been done. What one must act on is no toast, but a banner or a dialog. */
import type { Tone } from './tone';

export interface Toast {
  readonly id: number;
  readonly tone: Exclude<Tone, 'neutral'>;
  readonly title: string;
  readonly detail?: string | undefined;
  readonly action?: { label: string; run: () => void } | undefined;
}

const AT_MOST = 4;
const SHOWN_FOR = { accent: 5000, ok: 5000, warn: 9000, bad: 12_000 } as const;

class Toasts {
  #next = 1;
  #timers = new Map<number, ReturnType<typeof setTimeout>>();
  #shown = $state.raw<readonly Toast[]>([]);

  get shown(): readonly Toast[] {
    return this.#shown;
  }

  /** Shows one; the oldest gives way when there are too many. */
  show(toast: Omit<Toast, 'id'>): void {
    const added: Toast = { ...toast, id: this.#next++ };
    for (const old of this.#shown.slice(0, Math.max(0, this.#shown.length + 1 - AT_MOST))) this.dismiss(old.id);
    this.#shown = [...this.#shown, added];
    this.resume(added.id);
  }

  dismiss(id: number): void {
    this.hold(id);
    this.#shown = this.#shown.filter((toast) => toast.id !== id);
  }

  /** Keeps it while the pointer or the focus is on it. */
  hold(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  /** Lets its time begin again. */
  resume(id: number): void {
    const toast = this.#shown.find((candidate) => candidate.id === id);
    if (!toast) return;
    this.hold(id);
    this.#timers.set(
      id,
      setTimeout(() => this.dismiss(id), SHOWN_FOR[toast.tone]),
    );
  }
}

/** The toasts of this window. */
export const toasts = new Toasts();
