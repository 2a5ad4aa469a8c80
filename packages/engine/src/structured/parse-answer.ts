import { EngineClientError, zodErrorToEngineError } from '@mlx/schemas';
import type { MetadataChunk } from '@mlx/schemas';
import * as z from 'zod';
import type { AnySchema } from './any-schema.js';

/** The answer as the schema's output; GenerationError when it was cut or the schema refuses it. */
export async function parseAnswer<Schema extends AnySchema>(
  schema: Schema,
  text: string,
  end: MetadataChunk,
): Promise<z.output<Schema>> {
  const value = parseJson(text);
  if (value === undefined) throw incomplete(text, end);
  const result = await z.safeParseAsync(schema, value.json);
  if (result.success) return result.data;
  throw refused(result.error, text, end);
}

function parseJson(text: string): { json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function incomplete(text: string, { finishReason, stopSequence, stats }: MetadataChunk) {
  const why =
    finishReason === 'length'
      ? `ran into its limit of tokens (${stats.tokensGenerated}) inside the object: ` +
        'raise maxTokens, or bound the strings and lists of the schema'
      : `was ended by the stop text '${stopSequence ?? ''}' inside the object`;
  return new EngineClientError('GenerationError', `The answer ${why}`, {
    retryable: false,
    details: { type: 'answer_incomplete', finishReason, text, stats },
  });
}

/** What JSON Schema cannot say did not hold: a refinement, a transform. */
function refused(error: z.core.$ZodError, text: string, { finishReason, stats }: MetadataChunk) {
  const { message, details } = zodErrorToEngineError(error);
  return new EngineClientError('GenerationError', `The schema refuses the answer. ${message}`, {
    retryable: false,
    cause: error,
    details: { ...(details as object), type: 'answer_refused', finishReason, text, stats },
  });
}
