import {
  EmbedRequestSchema,
  type EmbedRequest,
  type Embeddings,
  type EncodedEmbeddings,
} from '@mlx/schemas';
import { toPrompts } from '../pooling/to-prompts.js';
import { validate } from '../support/validate.js';
import { forOnlyModel } from './for-only-model.js';
import { poolTexts, type PoolingServices } from './pool-texts.js';

/** Texts alone are for the one model that is loaded, and give their vectors alone. */
export async function embed(
  services: PoolingServices,
  input: unknown,
  options: unknown,
): Promise<Embeddings | EncodedEmbeddings | number[][]> {
  const isAlone = isTexts(input);
  const given = isAlone ? forOnlyModel(services, 'input', input) : input;
  const request = validate(EmbedRequestSchema, given);
  const encoded = await embedRequest(services, request, options);
  if (request.encoding === 'base64') return encoded;
  const embeddings = encoded.embeddings.map(toNumbers);
  return isAlone ? embeddings : { ...encoded, embeddings };
}

export function isTexts(input: unknown): input is string | readonly unknown[] {
  return typeof input === 'string' || Array.isArray(input);
}

async function embedRequest(
  services: PoolingServices,
  { model, input, ...vectors }: EmbedRequest,
  options: unknown,
): Promise<EncodedEmbeddings> {
  const { encoding: _, ...asked } = vectors;
  const params = { input: toPrompts(input), ...asked };
  const result = await poolTexts(services, model, 'embed', params, options);
  return {
    model,
    embeddings: result.vectors,
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
