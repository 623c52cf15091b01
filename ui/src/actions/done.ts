/** What was done by ending connections, put into words: how many, and where there are several nodes, how many on each. */
import { count } from '../kit/format';
import { m } from '../paraglide/messages.js';
import { visible } from '../words/visible';
import type { Sanctioning } from './sanction.svelte';

export function doneWords({ done, nodes }: Pick<Sanctioning<never>, 'done' | 'nodes'>): string {
  const sum = m.people_disconnect_done_detail({ count: done.connections, shown: count(done.connections) });
  if (nodes.length < 2) return sum;
  return [sum, ...nodes.map(({ node, connections }) => `${visible(node)}: ${count(connections)}`)].join(' · ');
}
