import { EmbedRequestSchema, type EmbedRequest, type Embeddings } from '@mlx/schemas';
import { forOnlyModel } from './for-only-model.js';
import { validate } from '../support/validate.js';
import { readTexts, type TextServices } from './read-texts.js';
import { toPrompts } from '../pooling/to-prompts.js';

/** Texts alone are for the one model that is loaded, and give their vectors alone. */
export async function embed(
  services: TextServices,
  input: unknown,
  options: unknown,
): Promise<Embeddings | number[][]> {
  if (!isTexts(input)) return embedRequest(services, validate(EmbedRequestSchema, input), options);
  const request = forOnlyModel(services, 'input', input);
  const { embeddings } = await embedRequest(
    services,
    validate(EmbedRequestSchema, request),
    options,
  );
  return embeddings;
}

export function isTexts(input: unknown): input is string | readonly unknown[] {
  return typeof input === 'string' || Array.isArray(input);
}

async function embedRequest(
  services: TextServices,
  { model, input, ...rest }: EmbedRequest,
  options: unknown,
): Promise<Embeddings> {
  const params = { input: toPrompts(input), ...rest };
  const result = await readTexts(services, model, 'embed', params, options);
  return {
    model,
    embeddings: result.vectors.map(toNumbers),
    pooling: result.pooling,
    promptTokens: result.promptTokens.reduce((total, tokens) => total + tokens, 0),
  };
}

/** @param base64 little-endian float32 values */
function toNumbers(base64: string): number[] {
  const bytes = Buffer.from(base64, 'base64');
  const count = bytes.length / Float32Array.BYTES_PER_ELEMENT;
  return Array.from({ length: count }, (_, index) =>
    bytes.readFloatLE(index * Float32Array.BYTES_PER_ELEMENT),
  );
}
