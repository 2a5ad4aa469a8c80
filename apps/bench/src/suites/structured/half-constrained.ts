import type { CompletionRequest } from '../../client/completion-request.ts';
import { streamCompletion } from '../../client/stream-completion.ts';
import { together } from '../../client/together.ts';
import { alternate } from '../../measure/alternate.ts';
import { atLeast } from '../../measure/measurement.ts';
import { SAMPLED } from '../../prompts/settings.ts';
import { storyPrompt } from '../../prompts/story.ts';
import type { Benchmark } from '../benchmark.ts';

const ROWS = 16;
const TOKENS = 48;

/** Has no end within the tokens of the run, so that every row works as long as the others. */
const PEOPLE = {
  type: 'array',
  minItems: 40,
  items: {
    type: 'object',
    properties: {
      name: { type: 'string', minLength: 3, maxLength: 12 },
      age: { type: 'integer', minimum: 0, maximum: 120 },
      mood: { enum: ['glad', 'sad', 'calm'] },
    },
    required: ['name', 'age', 'mood'],
    additionalProperties: false,
  },
};

const FORM = {
  type: 'json_schema',
  json_schema: { name: 'people', schema: PEOPLE, strict: true },
} as const;

/** Eight rows held to a JSON Schema among sixteen, against sixteen plain ones. */
export const halfConstrained: Benchmark = {
  id: 'half-constrained',
  async measure({ rounds, progress, contenders }) {
    const { endpoint } = await contenders.ours();
    const pairs = await alternate('8 of 16 with a schema', rounds, progress, {
      ours: (round) => together(endpoint, requests(round, ROWS / 2)),
      reference: (round) => together(endpoint, requests(round, 0)),
    });
    const [plain] = requests(0, ROWS / 2);
    const alone = plain && (await streamCompletion(endpoint, plain));
    const [beside] = pairs[0]?.ours.records ?? [];
    if (alone?.text !== beside?.text) {
      throw new Error('A plain row beside constrained ones differs from its run alone');
    }
    return [
      {
        kind: 'comparison',
        id: 'half-constrained',
        title: '16 streams, 8 of them held to a JSON Schema: total',
        unit: 'tok/s',
        reference: 'our 16 plain',
        bar: atLeast(0.95),
        rounds: pairs.map(({ ours, reference }) => ({
          ours: ours.tokensPerSecond,
          reference: reference.tokensPerSecond,
        })),
        note: 'a plain row has the text of its run alone with the same seed',
      },
    ];
  },
};

/** The last `constrained` rows have a schema. Their number changes the prompts, so that neither
 * side finds the other's in the prefix cache. */
function requests(round: number, constrained: number): CompletionRequest[] {
  return Array.from({ length: ROWS }, (_, index) => ({
    messages: storyPrompt(`structured ${constrained} ${round} ${index}`),
    max_tokens: TOKENS,
    ...SAMPLED,
    seed: index,
    ...(index >= ROWS - constrained ? { response_format: FORM } : {}),
  }));
}
