/** What a menu is made of. */
import type { Icon } from './tone';

export type MenuItem =
  | { kind: 'line' }
  | { kind: 'title'; label: string }
  /** On or off; the menu stays open for the next one. */
  | {
      kind: 'check';
      label: string;
      checked: boolean;
      detail?: string;
      disabled?: boolean;
      testid?: string;
      onSwitch: () => void;
    }
  | {
      kind?: 'item';
      label: string;
      icon?: Icon;
      /** A gateway's own colour, beside its name. */
      colour?: string;
      detail?: string;
      /** It is the one that holds now. */
      current?: boolean;
      kbd?: string;
      tone?: 'bad';
      disabled?: boolean;
      testid?: string;
      onSelect: () => void;
    };
