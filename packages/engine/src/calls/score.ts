import { ScoreRequestSchema, type TextScore } from '@mlx/schemas';
import type { WireResult } from '@mlx/schemas/wire';
import { forOnlyModel } from './for-only-model.js';
import { validate } from '../support/validate.js';
import { isTexts } from './embed.js';
import { poolTexts, type PoolingServices } from './pool-texts.js';
import { toPrompts } from '../pooling/to-prompts.js';

/** Texts alone are for the one model that is loaded. */
export async function score(
  services: PoolingServices,
  input: unknown,
  options: unknown,
): Promise<TextScore[]> {
  const request = isTexts(input) ? forOnlyModel(services, 'input', input) : input;
  const { model, input: texts, topLogprobs } = validate(ScoreRequestSchema, request);
  const params = { input: toPrompts(texts), topLogprobs };
  const result = await poolTexts(services, model, 'score', params, options);
  return result.texts.map(toScore);
}

function toScore({ first, rest }: WireResult<'score'>['texts'][number]): TextScore {
  const logprob = rest.reduce((total, entry) => total + entry.logprob, 0);
  return {
    tokens: [{ ...first, logprob: null, top: [] }, ...rest],
    logprob,
    perplexity: rest.length === 0 ? null : Math.exp(-logprob / rest.length),
  };
}
