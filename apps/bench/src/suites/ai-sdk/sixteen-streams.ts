import { streamText, type LanguageModel } from 'ai';
import { alternate } from '../../measure/alternate.ts';
import { atLeast, type Comparison, type Measurement } from '../../measure/measurement.ts';
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
      await compare(context, models, TOKENS, {
        id: 'in-process-streams',
        title: `${STREAMS} streams of the AI SDK in the same process: total`,
      }),
      await compare(context, free, FREE_TOKENS, {
        id: 'in-process-free-streams',
        title: 'the same with a model that costs nothing',
        bar: atLeast(1.1),
      }),
    ];
  },
};

async function compare(
  { rounds, progress }: BenchmarkContext,
  models: SameEngine,
  tokens: number,
  about: Pick<Comparison, 'id' | 'title' | 'bar'>,
): Promise<Measurement> {
  await together(models.inProcess, tokens, 'warm-up');
  await together(models.compatible, tokens, 'warm-up');
  const pairs = await alternate(about.title, rounds, progress, {
    ours: (round) => together(models.inProcess, tokens, `ours ${round}`),
    reference: (round) => together(models.compatible, tokens, `reference ${round}`),
  });
  return {
    kind: 'comparison',
    unit: 'tok/s',
    reference: '@ai-sdk/openai-compatible over HTTP',
    rounds: pairs,
    ...about,
  };
}

/** Tokens per second of all streams. */
async function together(model: LanguageModel, tokens: number, name: string): Promise<number> {
  const startedAt = performance.now();
  const counts = await Promise.all(
    Array.from({ length: STREAMS }, (_, index) => count(model, tokens, `${name} ${index}`)),
  );
  return (sum(counts) / (performance.now() - startedAt)) * 1000;
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
