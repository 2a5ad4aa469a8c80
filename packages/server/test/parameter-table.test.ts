import {
  SamplingParametersSchema,
  type GeneratorParameter,
  type SamplingParameters,
} from '@mlx/schemas';
import { httpParameters } from '@mlx/schemas/conventions';
import { describe, expect, it } from 'vitest';
import { openAIParameter } from '../src/openai/parameter-names.js';
import { toSampling } from '../src/openai/sampling.js';

/** One value of each that is not what happens anyway. */
const everything = {
  frequency_penalty: 0.1,
  presence_penalty: 0.2,
  logit_bias: { '42': -100 },
  max_tokens: 9,
  n: 2,
  seed: 7,
  stop: ['END'],
  stream: true,
  stream_options: { include_usage: true },
  temperature: 0.3,
  top_p: 0.9,
  user: 'alice',
  top_k: 40,
  min_p: 0.05,
  repetition_penalty: 1.1,
  stop_token_ids: [2],
  priority: 5,
  prompt_lookup: false,
  draft_model: 'small',
  lora_adapter: 'sql',
} satisfies Required<SamplingParameters>;

const names = Object.keys(SamplingParametersSchema.shape) as (keyof SamplingParameters)[];

describe('the table of sampling parameters', () => {
  it.each(names)('carries the value of %s to the engine, or says that none is wanted', (name) => {
    const parameter = httpParameters[name];
    expect(toSampling({ [name]: everything[name] })).toEqual(
      parameter === null ? {} : { [parameter]: everything[name] },
    );
  });

  it.each(names.filter((name) => httpParameters[name] !== null))('leads back to %s', (name) => {
    expect(openAIParameter(String(httpParameters[name]))).toBe(name);
  });

  it('does not compile without a parameter of the bodies', () => {
    const { top_k: _, ...incomplete } = httpParameters;
    // @ts-expect-error a parameter that is in the schema alone
    const table: Record<keyof SamplingParameters, GeneratorParameter | null> = incomplete;
    expect(table).not.toHaveProperty('top_k');
  });
});
