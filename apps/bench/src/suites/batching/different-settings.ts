import type { CompletionRequest } from '../../client/completion-request.ts';
import { together } from '../../client/together.ts';
import { alternate } from '../../measure/alternate.ts';
import { atLeast } from '../../measure/measurement.ts';
import { SAMPLED, SIXTEEN_DIFFERENT } from '../../prompts/settings.ts';
import { storyPrompt } from '../../prompts/story.ts';
import { storyRequests } from '../concurrent.ts';
import type { Benchmark } from '../benchmark.ts';

const TOKENS = 48;

/** Sixteen settings, seeds and penalties in one batch against sixteen alike. */
export const differentSettings: Benchmark = {
  id: 'different-settings',
  async measure({ rounds, progress, contenders }) {
    const { endpoint } = await contenders.ours();
    const alike = { name: 'alike', streams: 16, tokens: TOKENS, settings: SAMPLED };
    const pairs = await alternate('16 different settings against 16 alike', rounds, progress, {
      ours: (round) => together(endpoint, differentRequests(round)),
      reference: (round) => together(endpoint, storyRequests(alike, round)),
    });
    return [
      {
        kind: 'comparison',
        id: 'different-settings',
        title: '16 streams with 16 different settings, seeds and penalties: total',
        unit: 'tok/s',
        reference: 'our 16 alike',
        bar: atLeast(0.95),
        rounds: pairs.map(({ ours, reference }) => ({
          ours: ours.tokensPerSecond,
          reference: reference.tokensPerSecond,
        })),
      },
    ];
  },
};

function differentRequests(round: number): CompletionRequest[] {
  return SIXTEEN_DIFFERENT.map((settings, index) =>
    Object.assign(
      { messages: storyPrompt(`different ${round} ${index}`), max_tokens: TOKENS },
      settings,
    ),
  );
}
