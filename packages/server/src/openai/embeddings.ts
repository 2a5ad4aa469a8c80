import {
  EmbeddingRequestSchema,
  type EmbeddingList,
  type EmbeddingRequest,
  type Embeddings,
} from '@mlx/schemas';
import type { BodyReader } from '../fields/body-reader.js';
import type { CallPlan } from '../generation/serve-request.js';
import { badRequest } from '../http/parse-body.js';
import { embeddingFields } from './embedding-fields.js';

export function planEmbeddings(body: unknown, reader: BodyReader): CallPlan {
  requireFewTexts(body);
  const request = reader.parse(EmbeddingRequestSchema, embeddingFields, body);
  const { model, input } = request;
  const dimensions = request.dimensions ?? undefined;
  return {
    model,
    body: async (engine, signal) =>
      toList(request, await engine.embed({ model, input, dimensions }, { signal })),
  };
}

/** A list of texts may also be one of tokens, whose limit is another: said here, before both are tried. */
function requireFewTexts(body: unknown): void {
  const input: unknown = Object(body).input;
  if (!Array.isArray(input) || typeof input[0] === 'number' || input.length <= MAX_TEXTS) return;
  throw badRequest(
    `Invalid 'input': Array must contain at most ${MAX_TEXTS} element(s).`,
    'invalid_parameter',
    'input',
  );
}

function toList(
  { encoding_format: format }: EmbeddingRequest,
  { model, embeddings, promptTokens }: Embeddings,
): EmbeddingList {
  return {
    object: 'list',
    data: embeddings.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: format === 'base64' ? toBase64(vector) : vector,
    })),
    model,
    usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
  };
}

/** Most texts of one request. */
const MAX_TEXTS = 2048;

/** Little-endian float32 values, as OpenAI's clients read them. */
function toBase64(vector: readonly number[]): string {
  const bytes = Buffer.allocUnsafe(vector.length * Float32Array.BYTES_PER_ELEMENT);
  for (const [index, value] of vector.entries()) {
    bytes.writeFloatLE(value, index * Float32Array.BYTES_PER_ELEMENT);
  }
  return bytes.toString('base64');
}
