/** What a colour says. Every use of a tone also says it with an icon, a shape or a word. */
import type { Component } from 'svelte';

export type Tone = 'neutral' | 'accent' | 'ok' | 'warn' | 'bad';

/** A Lucide icon, imported singly: `import Users from '@lucide/svelte/icons/users'`. */
export type Icon = Component<{ size?: number | string; strokeWidth?: number | string }>;
