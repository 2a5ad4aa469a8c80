import type { GeneratorParams } from '@mlx/schemas';
import { GeneratorParamsSchema } from '@mlx/schemas';
import { GenerateParamsSchema, WireSamplingSchema } from '@mlx/schemas/wire';
import * as z from 'zod';
import { invalidParameter } from '../support/errors.js';
import { validate } from '../support/validate.js';

/** Parameters of the runtime beyond `GeneratorParams`; they pass through as they are. */
export const ExtrasSchema = z.strictObject({
  /** Keep generating past the model's end-of-sequence tokens. */
  ignoreEos: WireSamplingSchema.shape.ignoreEos.unwrap().optional(),
  /** Longest wait for a place in the batch, in milliseconds. */
  queueTimeoutMs: GenerateParamsSchema.shape.queueTimeoutMs,
  /** Draft from the request's own text where that is faster; the answer is the same without. */
  promptLookup: GenerateParamsSchema.shape.promptLookup.unwrap().optional(),
  /** What the answer will probably be like; it is drafted from, and changes nothing else. */
  prediction: GenerateParamsSchema.shape.prediction,
  /** Add the tokenizer's special tokens to a text prompt. */
  addSpecialTokens: z.boolean().optional(),
  /** Extra variables for the chat template. */
  templateOptions: z.record(z.string(), z.unknown()).optional(),
  /** Go on where the last message, an assistant's, ends instead of beginning a new turn. */
  continueFinalMessage: z.boolean().optional(),
});
export type GenerationExtras = z.infer<typeof ExtrasSchema>;

const declared: ReadonlySet<string> = new Set(Object.keys(GeneratorParamsSchema.shape));
const none: GenerationExtras = {};

/** The keys that `GeneratorParams` does not declare; one that means nothing is refused by name. */
export function pickExtras(params: GeneratorParams): GenerationExtras {
  const keys = Object.keys(params).filter((key) => !declared.has(key));
  if (keys.length === 0) return none;
  const unknown = keys.find((key) => !Object.hasOwn(ExtrasSchema.shape, key));
  if (unknown !== undefined) {
    throw invalidParameter(unknown, 'Unknown parameter; it would have no effect');
  }
  return validate(ExtrasSchema, Object.fromEntries(keys.map((key) => [key, params[key]])));
}
