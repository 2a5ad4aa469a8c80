import type {
  AcquireOptions,
  AdapterInfo,
  BatchStats,
  CacheStats,
  KnownModelInfo,
  LoadAdapterOptions,
  ModelCapabilities,
  ModelLease,
  ModelRuntime,
} from '@mlx/engine';
import type {
  ChatMessage,
  EmbedRequest,
  Embeddings,
  EncodedEmbeddings,
  GeneratorChunk,
  GeneratorParams,
  ModelHandle,
  ReasoningOptions,
  RerankRequest,
  Reranking,
  ScoreRequest,
  TextScore,
  TokenizeRequest,
  TokenizeResponse,
  ToolDefinition,
} from '@mlx/schemas';

type Restarts = Pick<ModelRuntime, 'model' | 'restarts'>;

interface CallOptions {
  readonly signal?: AbortSignal;
}

/**
 * What the HTTP handler needs of an engine; `Engine` of `@mlx/engine` has it. One
 * without the optional methods serves what `listModels` names and nothing else.
 */
export interface ServingEngine {
  createGenerator(
    params: GeneratorParams,
    options?: {
      readonly signal?: AbortSignal;
      /** Whose request it is, for fair sharing. */
      readonly tenant?: string;
    },
  ): AsyncGenerator<GeneratorChunk>;
  /** Absent: the server tells no statistics. */
  getBatchStats?(model: string): Promise<BatchStats>;
  getCacheStats?(model: string): Promise<CacheStats>;
  getRuntimeInfo?(): Promise<{ readonly models: readonly Restarts[] }>;
  listModels(): Promise<readonly ModelHandle[]>;
  /** Models that requests may name, in memory or not. */
  knownModels?(): Promise<readonly KnownModelInfo[]>;
  /** Holds a model in memory, loaded first where it is not; rejects with ModelNotLoaded where it may not be. */
  acquireModel?(model: string, options?: AcquireOptions): Promise<ModelLease>;
  unloadModel?(model: string): Promise<void>;
  /** Absent: the server takes no adapters while it runs. */
  loadAdapter?(options: LoadAdapterOptions): Promise<AdapterInfo>;
  listAdapters?(model?: string): Promise<readonly AdapterInfo[]>;
  unloadAdapter?(name: string, model?: string): Promise<void>;
  /** Rejects with ModelNotLoaded while the model is being loaded. */
  capabilities(model: string): Promise<ModelCapabilities>;
  /** Tokens of a conversation as the model reads it, chat template included. */
  countTokens(
    request: {
      readonly model: string;
      readonly messages: ChatMessage[];
      readonly tools?: ToolDefinition[];
      /** Chat templates write something else for it. */
      readonly reasoning?: ReasoningOptions;
      /** Leaves the last message, an assistant's, open. */
      readonly continueFinalMessage?: boolean;
    },
    options?: CallOptions,
  ): Promise<number>;
  tokenize(request: TokenizeRequest, options?: CallOptions): Promise<TokenizeResponse>;
  detokenize(
    request: { readonly model: string; readonly tokens: number[] },
    options?: CallOptions,
  ): Promise<string>;
  embed(
    request: EmbedRequest & { readonly encoding?: 'float' | undefined },
    options?: CallOptions,
  ): Promise<Embeddings>;
  /** With `encoding: 'base64'` vectors come as they are sent on. */
  embed(request: EmbedRequest, options?: CallOptions): Promise<Embeddings | EncodedEmbeddings>;
  /** Log-probabilities of given text. */
  score(request: ScoreRequest, options?: CallOptions): Promise<TextScore[]>;
  rerank(request: RerankRequest, options?: CallOptions): Promise<Reranking>;
  /** `healthy` is false when a model failed or none is ready; `models` tell whether one comes back. */
  healthCheck(): Promise<{
    readonly healthy: boolean;
    readonly models?: readonly { readonly state: string }[];
  }>;
}
