import type { CompletionRequest } from '../../client/completion-request.ts';
import type { Endpoint } from '../../client/endpoint.ts';
import { streamCompletion } from '../../client/stream-completion.ts';
import { together } from '../../client/together.ts';
import { alternate } from '../../measure/alternate.ts';
import { atLeast, atMost } from '../../measure/measurement.ts';
import { SAMPLED } from '../../prompts/settings.ts';
import { storyPrompt } from '../../prompts/story.ts';
import type { Benchmark } from '../benchmark.ts';

const ROWS = 8;
const TOKENS = 64;
const HOSTILE = 2;

/** Grammars that would keep a compiler busy for minutes, beside eight streams. */
export const hostile: Benchmark = {
  id: 'hostile',
  async measure({ rounds, progress, contenders }) {
    const { endpoint } = await contenders.ours();
    await refusalMs(endpoint, 0);
    const refusals: number[] = [];
    const pairs = await alternate('streams beside hostile grammars', rounds, progress, {
      ours: async (round) => {
        const streams = together(endpoint, requests('beside', round));
        for (let index = 1; index <= HOSTILE; index++) {
          refusals.push(await refusalMs(endpoint, round * HOSTILE + index));
        }
        return streams;
      },
      reference: (round) => together(endpoint, requests('undisturbed', round)),
    });
    return [
      {
        kind: 'reading',
        id: 'hostile-refusal',
        title: 'a grammar of endless work beside 8 streams: refused after',
        unit: 'ms',
        bar: atMost(500),
        values: refusals,
      },
      {
        kind: 'comparison',
        id: 'hostile-pace',
        title: `8 streams beside ${HOSTILE} grammars of endless work: a step's median`,
        unit: 'steps/s',
        reference: 'undisturbed',
        bar: atLeast(0.9),
        rounds: pairs.map(({ ours, reference }) => ({
          ours: 1000 / ours.stepMedianMs,
          reference: 1000 / reference.stepMedianMs,
        })),
      },
    ];
  },
};

/** Each side has prompts of its own, which the other has not brought into the prefix cache. */
function requests(side: string, round: number): CompletionRequest[] {
  return Array.from({ length: ROWS }, (_, index) => ({
    messages: storyPrompt(`hostile ${side} ${round} ${index}`),
    max_tokens: TOKENS,
    ...SAMPLED,
    seed: index,
  }));
}

/** Milliseconds until the refusal. Each number makes a grammar that was not refused before. */
async function refusalMs(endpoint: Endpoint, number: number): Promise<number> {
  const schema = { type: 'integer', multipleOf: 999_983 - 2 * number };
  const form = { type: 'json_schema', json_schema: { name: 'endless', schema, strict: true } };
  const startedAt = performance.now();
  const outcome = await streamCompletion(endpoint, {
    messages: storyPrompt(`endless ${number}`),
    max_tokens: 8,
    temperature: 0,
    response_format: form,
  }).then(
    () => 'answered',
    (thrown: unknown) => String(thrown),
  );
  if (!outcome.includes(' 400')) throw new Error(`Not refused: ${outcome}`);
  return performance.now() - startedAt;
}
