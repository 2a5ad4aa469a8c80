export { chatSampling } from './chat-sampling.js';
export { EmbeddingBodySchema } from './embeddings.js';
export type { EmbeddingBody } from './embeddings.js';
export {
  KeepAliveSchema,
  LoadAdapterBodySchema,
  LoadModelBodySchema,
  UnloadAdapterBodySchema,
  UnloadModelBodySchema,
} from './models.js';
export type { LoadModelBody } from './models.js';
export { OpenAIModelListSchema, OpenAIModelSchema } from '../openai/models.js';
export type { OpenAIModel, OpenAIModelList } from '../openai/models.js';
export { RerankBodySchema, RerankListSchema } from './rerank.js';
export type { RerankBody, RerankList } from './rerank.js';
export { ScoreBodySchema, ScoreListSchema } from './score.js';
export type { ScoreBody, ScoreList } from './score.js';
export { ServerStatsSchema } from './stats.js';
export type { ProcessStats, ServerStats } from './stats.js';
export {
  DetokenizeBodySchema,
  DetokenizedSchema,
  TokenListSchema,
  TokenizeBodySchema,
} from './tokenize.js';
export type { Detokenized, TokenList, TokenizeBody } from './tokenize.js';
