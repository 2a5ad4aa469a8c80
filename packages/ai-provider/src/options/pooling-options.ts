import { flag, oneOf, text, type Checks } from './checks.js';

/** `providerOptions.mlx` of an embedding model. Both in the same process only. */
export interface MlxEmbeddingModelOptions {
  /** Which hidden states make a vector; absent: what the model was made for, else the mean. */
  pooling?: 'mean' | 'last';
  /** Scale each vector to length 1; default true. */
  normalize?: boolean;
}

export const embeddingChecks: Checks<MlxEmbeddingModelOptions> = {
  pooling: oneOf('mean', 'last'),
  normalize: flag,
};

/** `providerOptions.mlx` of a reranking model. */
export interface MlxRerankingModelOptions {
  /** What makes a document relevant. */
  instruction?: string;
}

export const rerankingChecks: Checks<MlxRerankingModelOptions> = { instruction: text };
