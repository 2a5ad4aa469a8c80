import { streamText, type LanguageModel } from 'ai';
import { alternate, type Pair } from '../../measure/alternate.ts';
import {
  atLeast,
  atMost,
  type Bar,
  type Measurement,
  type Round,
} from '../../measure/measurement.ts';
import { sum } from '../../measure/statistics.ts';
import { storyPrompt } from '../../prompts/story.ts';
import type { Benchmark, BenchmarkContext } from '../benchmark.ts';
import { startSameEngine, startSameFreeEngine, type SameEngine } from './same-engine.ts';

const STREAMS = 16;
const TOKENS = 48;
const FREE_TOKENS = 2000;

/**
 * What it is worth to leave HTTP out. Beside a model that takes all of the
 * processor HTTP is a few hundredths of the work, so it is the free model
 * that shows it.
 */
export const sixteenStreams: Benchmark = {
  id: 'in-process-streams',
  async measure(context): Promise<Measurement[]> {
    await using models = await startSameEngine(context.contenders.modelId);
    await using free = await startSameFreeEngine();
    return [
      ...(await compare(context, models, TOKENS, {
        id: 'in-process-streams',
        title: `${STREAMS} streams of the AI SDK in the same process`,
        bars: {},
      })),
      ...(await compare(context, free, FREE_TOKENS, {
        id: 'in-process-free-streams',
        title: 'the same with a model that costs nothing',
        bars: { speed: atLeast(1.1), cost: atMost(0.9) },
      })),
    ];
  },
};

interface About {
  readonly id: string;
  readonly title: string;
  readonly bars: { readonly speed?: Bar; readonly cost?: Bar };
}

/** What streams took together. */
interface Pace {
  readonly tokensPerSecond: number;
  /** Processor time of this process: what a busy machine does not change much. */
  readonly microsecondsPerToken: number;
}

/** Their speed, and what a token costs this process. */
async function compare(
  { rounds, progress }: BenchmarkContext,
  models: SameEngine,
  tokens: number,
  { id, title, bars }: About,
): Promise<Measurement[]> {
  await together(models.inProcess, tokens, 'warm-up');
  await together(models.compatible, tokens, 'warm-up');
  const pairs = await alternate(title, rounds, progress, {
    ours: (round) => together(models.inProcess, tokens, `ours ${round}`),
    reference: (round) => together(models.compatible, tokens, `reference ${round}`),
  });
  const shared = { kind: 'comparison', reference: '@ai-sdk/openai-compatible over HTTP' } as const;
  return [
    {
      ...shared,
      id,
      title: `${title}: total`,
      unit: 'tok/s',
      ...withBar(bars.speed),
      rounds: roundsOf(pairs, 'tokensPerSecond'),
    },
    {
      ...shared,
      id: `${id}-cost`,
      title: `${title}: processor time per token, without the model`,
      unit: 'µs',
      ...withBar(bars.cost),
      rounds: roundsOf(pairs, 'microsecondsPerToken'),
    },
  ];
}

const withBar = (bar: Bar | undefined): { bar?: Bar } => (bar === undefined ? {} : { bar });

const roundsOf = (pairs: readonly Pair<Pace>[], what: keyof Pace): Round[] =>
  pairs.map(({ ours, reference }) => ({ ours: ours[what], reference: reference[what] }));

async function together(model: LanguageModel, tokens: number, name: string): Promise<Pace> {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  const counts = await Promise.all(
    Array.from({ length: STREAMS }, (_, index) => count(model, tokens, `${name} ${index}`)),
  );
  const total = sum(counts);
  const { user, system } = process.cpuUsage(before);
  return {
    tokensPerSecond: (total / (performance.now() - startedAt)) * 1000,
    microsecondsPerToken: (user + system) / total,
  };
}

/** Resolves with the number of tokens once the text was read; throws when it is not what was asked for. */
async function count(model: LanguageModel, tokens: number, name: string): Promise<number> {
  const result = streamText({
    model,
    messages: storyPrompt(name).map(({ content }) => ({ role: 'user', content })),
    maxOutputTokens: tokens,
    temperature: 0,
    providerOptions: { local: { prompt_lookup: false }, mlx: { promptLookup: false } },
  });
  let characters = 0;
  for await (const delta of result.textStream) characters += delta.length;
  if (characters === 0 || (await result.finishReason) !== 'length') {
    throw new Error(`A stream ended early, with ${characters} characters.`);
  }
  return tokens;
}
