import type { GeneratorParams } from '@mlx/schemas';
import type { BodyReader } from '../fields/body-reader.js';
import type { ClientField } from '../http/client-field.js';

/** The most that a request may ask for; no answer is as long. */
const MOST_TOKENS = 100_000;

/**
 * Clients that do not know the model send the limit of the largest one there
 * is. What goes beyond ours has no effect, and the reader is told.
 */
export function withinLimit(
  prompts: readonly GeneratorParams[],
  reader: BodyReader,
  clientField: ClientField,
): readonly GeneratorParams[] {
  return prompts.map((params) => {
    if ((params.maxTokens ?? 0) <= MOST_TOKENS) return params;
    reader.ignore(clientField('maxTokens'));
    return { ...params, maxTokens: MOST_TOKENS };
  });
}
