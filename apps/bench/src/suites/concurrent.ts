import { together, type Together } from '../client/together.ts';
import { alternate, type Pair } from '../measure/alternate.ts';
import type { Bar, Comparison } from '../measure/measurement.ts';
import { sum } from '../measure/statistics.ts';
import { storyPrompt } from '../prompts/story.ts';
import type { SamplingSettings } from '../prompts/settings.ts';
import type { CompletionRequest } from '../client/completion-request.ts';
import type { BenchmarkContext } from './benchmark.ts';
import { assertSameCount } from './same-count.ts';

export interface ConcurrentLoad {
  readonly name: string;
  readonly streams: number;
  readonly tokens: number;
  readonly settings: SamplingSettings;
}

export function storyRequests(load: ConcurrentLoad, round: number): CompletionRequest[] {
  return Array.from({ length: load.streams }, (_, index) => ({
    messages: storyPrompt(`${load.name} ${round} ${index}`),
    max_tokens: load.tokens,
    ...load.settings,
  }));
}

/** The same requests at both servers, in turn. */
export async function againstMlxLmServer(
  context: BenchmarkContext,
  load: ConcurrentLoad,
): Promise<{ pairs: Pair<Together>[]; note: string }> {
  const ours = await context.contenders.ours();
  const peer = await context.contenders.mlxLmServer();
  const pairs = await alternate(load.name, context.rounds, context.progress, {
    ours: (round) => together(ours.endpoint, storyRequests(load, round)),
    reference: (round) => together(peer.endpoint, storyRequests(load, round)),
  });
  const note = assertSameCount(
    pairs.map((pair) => ({ ours: counts(pair.ours), reference: counts(pair.reference) })),
  );
  return { pairs, note };
}

/** Tokens per second of all streams together. */
export function totalRate(
  id: string,
  title: string,
  bar: Bar,
  { pairs, note }: Awaited<ReturnType<typeof againstMlxLmServer>>,
): Comparison {
  const rounds = pairs.map(({ ours, reference }) => ({
    ours: ours.tokensPerSecond,
    reference: reference.tokensPerSecond,
  }));
  return {
    kind: 'comparison',
    id,
    title,
    unit: 'tok/s',
    reference: 'mlx_lm.server',
    bar,
    rounds,
    note,
  };
}

function counts(side: Together): { promptTokens: number; completionTokens: number } {
  return {
    promptTokens: sum(side.records.map((record) => record.usage.promptTokens)),
    completionTokens: side.completionTokens,
  };
}
