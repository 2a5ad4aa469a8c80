import { EmbeddingListSchema, OpenAIErrorSchema } from '@mlx/schemas';
import {
  DetokenizeBodySchema,
  DetokenizedSchema,
  EmbeddingBodySchema,
  RerankBodySchema,
  RerankListSchema,
  ScoreBodySchema,
  ScoreListSchema,
  TokenListSchema,
  TokenizeBodySchema,
} from '@mlx/schemas/endpoints';
import type { Operation } from './operation.js';

/** What models and their tokenizers say of texts without continuing them. */
export const poolingOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/embeddings',
    summary: 'Turn texts into vectors',
    request: EmbeddingBodySchema,
    response: EmbeddingListSchema,
    error: OpenAIErrorSchema,
  },
  {
    method: 'post',
    path: '/v1/rerank',
    summary: 'Order documents by how well they match a query',
    request: RerankBodySchema,
    response: RerankListSchema,
    error: OpenAIErrorSchema,
  },
  {
    method: 'post',
    path: '/v1/score',
    summary: 'Tell how relevant texts are to others',
    request: ScoreBodySchema,
    response: ScoreListSchema,
    error: OpenAIErrorSchema,
  },
  {
    method: 'post',
    path: '/v1/tokenize',
    summary: 'Turn text into tokens',
    request: TokenizeBodySchema,
    response: TokenListSchema,
    error: OpenAIErrorSchema,
  },
  {
    method: 'post',
    path: '/v1/detokenize',
    summary: 'Turn tokens into text',
    request: DetokenizeBodySchema,
    response: DetokenizedSchema,
    error: OpenAIErrorSchema,
  },
];
