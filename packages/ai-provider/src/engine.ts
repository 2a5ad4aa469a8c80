import type { GenerationRequest } from './language/generation-request.js';

/** How many tokens an answer cost, and how long it took in seconds. */
export interface MlxStats {
  tokensGenerated: number;
  tokensPerSecond: number;
  timeToFirstToken: number;
  totalTime: number;
  promptTokens?: number | undefined;
  cachedTokens?: number | undefined;
  reasoningTokens?: number | undefined;
  draftTokensAccepted?: number | undefined;
  acceptedPredictionTokens?: number | undefined;
  rejectedPredictionTokens?: number | undefined;
}

/** How likely a token was, as the natural logarithm of its probability. */
export interface TokenLogprob {
  text: string;
  logprob: number;
  /** UTF-8 of a token that is part of a character and has no text of its own. */
  bytes?: number[] | undefined;
}

/** A token of the answer with those that could have stood in its place, best first. */
export interface ChosenLogprob extends TokenLogprob {
  top: TokenLogprob[];
}

interface Written {
  logprobs?: ChosenLogprob[] | undefined;
}

/** What an engine says while it generates. */
export type MlxChunk =
  | ({ type: 'token'; token: string } & Written)
  | ({ type: 'reasoning'; text: string } & Written)
  | ({
      type: 'tool_call';
      toolCall: {
        index: number;
        id?: string | undefined;
        name?: string | undefined;
        arguments: string;
      };
    } & Written)
  | {
      type: 'metadata';
      stats: MlxStats;
      finishReason?: 'stop' | 'length' | 'tool_calls' | 'cancelled' | undefined;
      stopSequence?: string | undefined;
    }
  | {
      type: 'error';
      error: { code: string; message: string; retryable?: boolean | undefined; details?: unknown };
    };

/** What the provider needs of an engine in the same process: an `Engine` of `@mlx/engine` has it. */
export interface MlxEngine {
  chatStream(
    params: GenerationRequest,
    options?: {
      signal?: AbortSignal | undefined;
      tenant?: string | undefined;
      resume?: boolean | undefined;
    },
  ): AsyncGenerator<MlxChunk, void, void>;
  embed(
    request: {
      model: string;
      input: string[];
      dimensions?: number | undefined;
      pooling?: 'mean' | 'last' | 'cls' | undefined;
      promptName?: string | undefined;
      normalize?: boolean | undefined;
    },
    options?: { signal?: AbortSignal | undefined },
  ): Promise<{ embeddings: number[][]; promptTokens: number }>;
  rerank(
    request: {
      model: string;
      query: string;
      documents: string[];
      instruction?: string | undefined;
      topN?: number | undefined;
    },
    options?: { signal?: AbortSignal | undefined },
  ): Promise<{ results: { index: number; score: number }[]; promptTokens: number }>;
  capabilities(model: string): Promise<{ reasoningOptions: readonly string[] }>;
}
