import { flag, oneOf, text, type Checks } from './checks.js';

/** `providerOptions.mlx` of an embedding model. */
export interface MlxEmbeddingModelOptions {
  /** Which of the model's own prompts is put before each text, such as `query`. */
  promptName?: string;
  /**
   * Which hidden states make a vector; absent: what the model was made for, else the mean. In
   * the same process only, as the next.
   */
  pooling?: 'mean' | 'last' | 'cls';
  /** Scale each vector to length 1; default true. */
  normalize?: boolean;
}

export const embeddingChecks: Checks<MlxEmbeddingModelOptions> = {
  promptName: text,
  pooling: oneOf('mean', 'last', 'cls'),
  normalize: flag,
};

/** `providerOptions.mlx` of a reranking model. */
export interface MlxRerankingModelOptions {
  /** What makes a document relevant. */
  instruction?: string;
}

export const rerankingChecks: Checks<MlxRerankingModelOptions> = { instruction: text };
