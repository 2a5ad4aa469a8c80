export { createMlx, mlx } from './create-mlx.js';
export type { MlxEngineSettings, MlxHttpSettings, MlxProvider } from './create-mlx.js';
export type { MlxChunk, MlxEngine, MlxStats } from './engine.js';
export type { MlxServerSettings } from './http/settings.js';
export type { MlxLanguageModelOptions, MlxReasoningOptions } from './options/language-options.js';
export type {
  MlxEmbeddingModelOptions,
  MlxRerankingModelOptions,
} from './options/pooling-options.js';
export { runEarly } from './run-early.js';
