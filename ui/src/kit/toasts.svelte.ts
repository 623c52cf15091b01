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
/** One that offers something: long enough to hear of it, and to get there by the keyboard. */
const OFFERED_FOR = 30_000;

/** What keeps a toast while it is on it. */
type Hold = 'pointer' | 'focus';

class Toasts {
  #next = 1;
  #timers = new Map<number, ReturnType<typeof setTimeout>>();
  #holds = new Map<number, readonly Hold[]>();
  #shown = $state.raw<readonly Toast[]>([]);

  get shown(): readonly Toast[] {
    return this.#shown;
  }

  /** Shows one; the oldest that nobody is on gives way when there are too many. */
  show(toast: Omit<Toast, 'id'>): void {
    const added: Toast = { ...toast, id: this.#next++ };
    const free = this.#shown.filter(({ id }) => !this.#holds.has(id));
    for (const old of free.slice(0, Math.max(0, this.#shown.length + 1 - AT_MOST))) this.dismiss(old.id);
    this.#shown = [...this.#shown, added];
    this.#begin(added);
  }

  dismiss(id: number): void {
    this.#stop(id);
    this.#holds.delete(id);
    this.#shown = this.#shown.filter((toast) => toast.id !== id);
  }

  /** Keeps it while the pointer or the focus is on it. */
  hold(id: number, by: Hold): void {
    this.#stop(id);
    this.#holds.set(id, [...this.#others(id, by), by]);
  }

  /** One of them is off it; when both are, its time begins again. */
  resume(id: number, by: Hold): void {
    const others = this.#others(id, by);
    if (others.length > 0) {
      this.#holds.set(id, others);
      return;
    }
    this.#holds.delete(id);
    const toast = this.#shown.find((candidate) => candidate.id === id);
    if (toast) this.#begin(toast);
  }

  #others(id: number, by: Hold): readonly Hold[] {
    return (this.#holds.get(id) ?? []).filter((hold) => hold !== by);
  }

  #begin({ id, tone, action }: Toast): void {
    this.#stop(id);
    const time = action ? OFFERED_FOR : SHOWN_FOR[tone];
    this.#timers.set(
      id,
      setTimeout(() => this.dismiss(id), time),
    );
  }

  #stop(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }
}

/** The toasts of this window. */
export const toasts = new Toasts();
