import type { Pair } from '../measure/alternate.ts';
import { sum } from '../measure/statistics.ts';

interface Counted {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/**
 * A comparison is fair when both sides read and wrote the same number of
 * tokens. Prompts must match exactly; answers may stop early when sampling
 * ends one, so their totals are told instead.
 */
export function assertSameCount(pairs: readonly Pair<Counted>[]): string {
  for (const { ours, reference } of pairs) {
    if (ours.promptTokens !== reference.promptTokens) {
      throw new Error(
        `The sides read different prompts: ${ours.promptTokens} and ${reference.promptTokens} tokens.`,
      );
    }
  }
  const written = (side: 'ours' | 'reference'): number =>
    sum(pairs.map((pair) => pair[side].completionTokens));
  return `tokens written: ${written('ours')} / ${written('reference')}`;
}
