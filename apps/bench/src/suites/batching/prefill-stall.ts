import type { CompletionRequest } from '../../client/completion-request.ts';
import type { Endpoint } from '../../client/endpoint.ts';
import { streamCompletion } from '../../client/stream-completion.ts';
import { timeToFirstToken } from '../../client/stream-record.ts';
import { atMost } from '../../measure/measurement.ts';
import { quantile } from '../../measure/statistics.ts';
import { longText } from '../../prompts/long-text.ts';
import { storyPrompt } from '../../prompts/story.ts';
import { OngoingStreams } from '../ongoing-streams.ts';
import type { Benchmark } from '../benchmark.ts';

const STREAMS = 8;
const PROMPT_TOKENS = 3000;
const UNDISTURBED_STEPS = 30;

/** How much running streams feel that somebody else's long prompt is being read. */
export const prefillStall: Benchmark = {
  id: 'prefill-stall',
  async measure({ rounds, progress, contenders }) {
    const { endpoint } = await contenders.ours();
    const results = [];
    for (let round = 0; round < rounds; round++) {
      progress(
        `a ${PROMPT_TOKENS}-token prompt beside ${STREAMS} streams: round ${round + 1} of ${rounds}`,
      );
      results.push(await disturb(endpoint, round));
    }
    const last = results.at(-1);
    return [
      {
        kind: 'comparison',
        id: 'prefill-stall',
        title: `${STREAMS} streams while a ${PROMPT_TOKENS}-token prompt is read: 95th percentile gap`,
        unit: 'ms',
        reference: 'the same streams before',
        bar: atMost(2.5),
        rounds: results.map(({ during, before }) => ({
          ours: quantile(during, 0.95),
          reference: quantile(before, 0.95),
        })),
        note: `${last?.promptTokens} tokens read in ${((last?.readMs ?? 0) / 1000).toFixed(1)} s meanwhile`,
      },
    ];
  },
};

interface Disturbance {
  readonly before: number[];
  readonly during: number[];
  readonly promptTokens: number;
  readonly readMs: number;
}

async function disturb(endpoint: Endpoint, round: number): Promise<Disturbance> {
  await using streams = new OngoingStreams(
    endpoint,
    Array.from({ length: STREAMS }, (_, index) => storyPrompt(`stall ${round} ${index}`)),
  );
  await streams.untilEachHas(1);
  const runningAt = performance.now();
  await streams.untilEachHas(1 + UNDISTURBED_STEPS);
  const disturbedAt = performance.now();
  const reader = await streamCompletion(endpoint, longRequest(round));
  const readMs = timeToFirstToken(reader);
  return {
    before: streams.gapsWithin(runningAt, disturbedAt),
    during: streams.gapsWithin(disturbedAt, disturbedAt + readMs),
    promptTokens: reader.usage.promptTokens,
    readMs,
  };
}

function longRequest(round: number): CompletionRequest {
  return {
    messages: [{ role: 'user', content: longText(`stall ${round}`, PROMPT_TOKENS) }],
    max_tokens: 1,
    temperature: 0,
  };
}
