import type { EmbeddingList, Embeddings, EncodedEmbeddings } from '@mlx/schemas';
import { EmbeddingBodySchema } from '@mlx/schemas/endpoints';
import type { BodyReader } from '../fields/body-reader.js';
import type { CallPlan } from '../generation/serve-request.js';
import { badRequest } from '../http/parse-body.js';
import { embeddingFields } from './embedding-fields.js';

export function planEmbeddings(body: unknown, reader: BodyReader): CallPlan {
  requireFewTexts(body);
  const request = reader.parse(EmbeddingBodySchema, embeddingFields, body);
  const { model, input } = request;
  const dimensions = request.dimensions ?? undefined;
  const promptName = request.prompt_name ?? undefined;
  const encoding = request.encoding_format ?? 'float';
  return {
    model,
    body: async (engine, signal) =>
      toList(await engine.embed({ model, input, dimensions, promptName, encoding }, { signal })),
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

function toList(made: Embeddings | EncodedEmbeddings): EmbeddingList {
  const { model, embeddings, promptTokens } = made;
  return {
    object: 'list',
    data: embeddings.map((embedding, index) => ({ object: 'embedding', index, embedding })),
    model,
    usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
  };
}

/** Most texts of one request. */
const MAX_TEXTS = 2048;
