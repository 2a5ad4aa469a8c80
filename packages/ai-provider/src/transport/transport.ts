import type { SharedV4Headers, SharedV4Warning } from '@ai-sdk/provider';
import type { MlxChunk } from '../engine.js';
import type { GenerationRequest } from '../language/generation-request.js';
import type { ServingOptions } from '../language/to-request.js';
import type { MlxEmbeddingModelOptions } from '../options/pooling-options.js';

/** An element of an answer: what an engine says, what it is called, and how a stream that broke off ended. */
export type TransportChunk =
  | Exclude<MlxChunk, { type: 'error' }>
  | { type: 'response'; id?: string; modelId?: string; timestamp?: Date }
  | { type: 'raw'; value: unknown }
  | { type: 'interrupted' };

export interface Call {
  readonly signal: AbortSignal | undefined;
  /** For a server; those whose value is undefined are not sent. */
  readonly headers: Record<string, string | undefined> | undefined;
}

export interface GenerationCall extends Call {
  readonly request: GenerationRequest;
  readonly serving: ServingOptions;
  readonly includeRaw: boolean;
}

/** How a request was understood. */
export interface Understood {
  /** What of the request has no effect there. */
  readonly warnings: readonly SharedV4Warning[];
  /** The request as it was sent. */
  readonly body: unknown;
  readonly url?: string;
  readonly headers?: SharedV4Headers;
}

/** An answer that is being written. */
export interface RunningAnswer extends Understood {
  /** The next element; undefined after the last. Rejects with an APICallError. */
  next(): Promise<TransportChunk | undefined>;
  /** Ends the generation; without effect once it is over. */
  stop(): void;
}

export interface EmbeddingRequest extends MlxEmbeddingModelOptions {
  readonly model: string;
  readonly input: string[];
  readonly dimensions?: number | undefined;
}

export interface EmbeddingAnswer extends Understood {
  readonly embeddings: number[][];
  readonly tokens: number;
}

export interface RerankingRequest {
  readonly model: string;
  readonly query: string;
  readonly documents: string[];
  readonly topN?: number | undefined;
  readonly instruction?: string | undefined;
}

export interface RerankingAnswer extends Understood {
  /** Best first. */
  readonly results: readonly { readonly index: number; readonly score: number }[];
}

/** How models are reached. Every method rejects with an APICallError, or with the signal's reason. */
export interface Transport {
  generate(call: GenerationCall): Promise<RunningAnswer>;
  embed(request: EmbeddingRequest, call: Call): Promise<EmbeddingAnswer>;
  rerank(request: RerankingRequest, call: Call): Promise<RerankingAnswer>;
}
