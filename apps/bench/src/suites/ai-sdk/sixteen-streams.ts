import { streamText, type LanguageModel } from 'ai';
import { alternate } from '../../measure/alternate.ts';
import { atLeast, type Measurement } from '../../measure/measurement.ts';
import { sum } from '../../measure/statistics.ts';
import { storyPrompt } from '../../prompts/story.ts';
import type { Benchmark } from '../benchmark.ts';
import { startSameEngine } from './same-engine.ts';

const STREAMS = 16;
const TOKENS = 48;

/** What it is worth to leave HTTP out. */
export const sixteenStreams: Benchmark = {
  id: 'in-process-streams',
  async measure({ rounds, progress, contenders }): Promise<Measurement[]> {
    await using models = await startSameEngine(contenders.modelId);
    await together(models.inProcess, 'warm-up');
    const pairs = await alternate(`${STREAMS} streams`, rounds, progress, {
      ours: (round) => together(models.inProcess, `ours ${round}`),
      reference: (round) => together(models.compatible, `reference ${round}`),
    });
    return [
      {
        kind: 'comparison',
        id: 'in-process-streams',
        title: `${STREAMS} streams of the AI SDK in the same process: total`,
        unit: 'tok/s',
        reference: '@ai-sdk/openai-compatible over HTTP',
        bar: atLeast(1.1),
        rounds: pairs,
      },
    ];
  },
};

/** Tokens per second of all streams. */
async function together(model: LanguageModel, name: string): Promise<number> {
  const startedAt = performance.now();
  const counts = await Promise.all(
    Array.from({ length: STREAMS }, (_, index) => count(model, `${name} ${index}`)),
  );
  return (sum(counts) / (performance.now() - startedAt)) * 1000;
}

/** Resolves with the number of tokens once the text was read; throws when it is not what was asked for. */
async function count(model: LanguageModel, name: string): Promise<number> {
  const result = streamText({
    model,
    messages: storyPrompt(name).map(({ content }) => ({ role: 'user', content })),
    maxOutputTokens: TOKENS,
    temperature: 0,
    providerOptions: { local: { prompt_lookup: false }, mlx: { promptLookup: false } },
  });
  let characters = 0;
  for await (const delta of result.textStream) characters += delta.length;
  if (characters === 0 || (await result.finishReason) !== 'length') {
    throw new Error(`A stream ended early, with ${characters} characters.`);
  }
  return TOKENS;
}
