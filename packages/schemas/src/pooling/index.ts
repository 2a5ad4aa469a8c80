export { EmbedRequestSchema, EmbeddingsSchema } from './embed.js';
export type { EmbedRequest, Embeddings, EncodedEmbeddings } from './embed.js';
export { TextInputSchema } from './input.js';
export type { TextInput } from './input.js';
export { RerankRequestSchema, RerankingSchema } from './rerank.js';
export type { RerankRequest, Reranking } from './rerank.js';
export { ScoreRequestSchema, TextScoreSchema } from './score.js';
export type { ScoreRequest, TextScore } from './score.js';
