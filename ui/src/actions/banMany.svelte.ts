/**
 * Banning several users for one reason and one term: each has a ban of their own, which can be lifted alone.
 */
import type { Banned, BanSubject, Gateway, UndoBanArgs, User } from '../generated';
import { Sentencing } from './ban.svelte';
import { Crowd } from './crowd.svelte';

export class BanningMany extends Sentencing {
  declare readonly crowd: Crowd;
  /** What was done, also before it was begun again: it is taken back by the same. */
  acts: readonly UndoBanArgs[] = [];
  /** With so many. */
  banned = 0;

  constructor(gateway: Pick<Gateway, 'profile' | 'production'>, users: readonly User[]) {
    super(gateway, new Crowd(users));
    void this.look();
  }

  override get target(): BanSubject {
    return this.crowd.named;
  }

  protected override async carryOut(fingerprint: string): Promise<Banned> {
    const { target } = this;
    const banned = await super.carryOut(fingerprint);
    this.crowd.hear(banned.refused);
    this.acts = [...this.acts, { target, at: banned.at }];
    this.banned += this.crowd.done;
    return banned;
  }
}
