import { streamCompletion } from '../../client/stream-completion.ts';
import { decodeRate } from '../../client/stream-record.ts';
import { alternate } from '../../measure/alternate.ts';
import { atLeast } from '../../measure/measurement.ts';
import { storyPrompt } from '../../prompts/story.ts';
import { assertSameCount } from '../same-count.ts';
import type { Benchmark } from '../benchmark.ts';

const TOKENS = 128;

interface Timed {
  readonly rate: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** What HTTP, Node and the sidecar cost a single user: decoding against mlx-lm alone. */
export const singleStream: Benchmark = {
  id: 'single-stream',
  async measure({ rounds, progress, contenders }) {
    const { endpoint } = await contenders.ours();
    const inProcess = await contenders.inProcess();
    const request = (round: number) => ({
      messages: storyPrompt(`single ${round}`),
      max_tokens: TOKENS,
      temperature: 0,
    });
    const pairs = await alternate<Timed>('one greedy stream', rounds, progress, {
      ours: async (round) => {
        const record = await streamCompletion(endpoint, request(round));
        return { rate: decodeRate(record), ...record.usage };
      },
      reference: async (round) => {
        const answer = await inProcess.generate(request(round));
        return { rate: (answer.completionTokens - 1) / answer.decodeSeconds, ...answer };
      },
    });
    const note = assertSameCount(pairs);
    return [
      {
        kind: 'comparison',
        id: 'single-stream',
        title: `1 stream greedy through HTTP, ${TOKENS} tokens: decoding`,
        unit: 'tok/s',
        reference: 'in-process mlx-lm',
        bar: atLeast(0.98),
        rounds: pairs.map((pair) => ({ ours: pair.ours.rate, reference: pair.reference.rate })),
        note,
      },
    ];
  },
};
