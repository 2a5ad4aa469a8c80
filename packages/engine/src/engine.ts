import type {
  CompatibilityReport,
  EmbedRequest,
  Embeddings,
  EncodedEmbeddings,
  GeneratorChunk,
  GeneratorParams,
  LoadModelOptionsInput,
  ModelHandle,
  RerankRequest,
  Reranking,
  ScoreRequest,
  TextScore,
  TokenizeRequest,
  TokenizeResponse,
} from '@mlx/schemas';
import type { VisionGeneratorParams } from '@mlx/schemas/vision';
import type * as z from 'zod';
import type { EngineEmitter } from './events/engine-emitter.js';
import type { ChatAnswer, TypedChatAnswer } from './generation/chat-answer.js';
import type { ChatInput, ChatOptions, Conversation } from './calls/chat-input.js';
import type { HealthReport, ModelCapabilities, RuntimeInfo } from './calls/inspect.js';
import type { BatchStats, CacheStats } from './stats/stats.js';
import type { LoadAdapterOptions } from './calls/load-adapter.js';
import type { AdapterInfo } from './models/adapter-shelf.js';
import type { LoadModelInput } from './models/plan-adapters.js';
import type { LoadCallOptions } from './calls/load-model.js';
import type { AcquireOptions, ModelLease } from './calls/acquire-model.js';
import type { KnownModelInfo } from './calls/known-models.js';
import type { AnySchema } from './structured/any-schema.js';
import type { TypedParams } from './structured/read-structured.js';
import type { ObjectChunk } from './calls/stream-object.js';
import type { CallOptions, GenerateOptions } from './support/call-options.js';
import type { Tool } from './tools/define-tool.js';
import type { RunToolsOptions, RunToolsResult } from './tools/run-options.js';
import type { CountTokensRequest, DetokenizeRequest } from './calls/tokenize.js';

export type TypedChatInput<Schema extends AnySchema> = TypedParams<Schema> &
  Required<Pick<GeneratorParams, 'messages'>>;

/** The same beside a conversation alone. */
export type TypedChatOptions<Schema extends AnySchema> = Omit<ChatOptions, 'structured'> & {
  structured: Schema;
};

/** Generates text with models on this machine. Every method rejects with an EngineClientError. */
export interface Engine extends AsyncDisposable, Pick<EngineEmitter, 'on' | 'once' | 'off'> {
  /** Loads a model, or waits for a load that is under way. Resolves at once if it is loaded. */
  loadModel(options: LoadModelInput, call?: LoadCallOptions): Promise<ModelHandle>;
  /**
   * Loads a model that sees images, and installs what reads them where that is not done yet. One
   * that sees none is refused with ModelLoadError.
   */
  loadVisionModel(options: LoadModelOptionsInput, call?: LoadCallOptions): Promise<ModelHandle>;
  /**
   * Holds a model in memory until the lease is released, and loads it first where it is not there
   * and `model.load_on_demand` allows it. Every call does so for itself; this is for several calls
   * in a row, and for those who want to know of the load.
   */
  acquireModel(id: string, options?: AcquireOptions): Promise<ModelLease>;
  /** Lets requests name a model that is loaded when one does. */
  registerModel(
    options: LoadModelInput,
    keep?: Pick<LoadCallOptions, 'keepAliveMs' | 'pinned'>,
  ): void;
  /** Models that requests may name, in memory or not. */
  knownModels(): Promise<KnownModelInfo[]>;
  /** Ends what the model is doing and gives its memory back. */
  unloadModel(id: string): Promise<void>;
  /**
   * Loads a smaller model that drafts for the one it is loaded beside: `parameters.target`, or
   * the only loaded one. Requests use it by naming it as their `draftModel`, or without doing so
   * where `parameters.byDefault` is true. One that does not fit is refused with InvalidParams.
   * It is unloaded together with its target.
   */
  loadDraftModel(options: LoadModelOptionsInput, call?: LoadCallOptions): Promise<ModelHandle>;
  /** Requests that draft with it go on without. The only one where none is named. */
  unloadDraftModel(id?: string): Promise<void>;
  /** Whether a model could draft for a loaded one, and why not; its weights are not read. */
  isDraftModelCompatible(
    primary: string,
    draft: string,
    options?: CallOptions,
  ): Promise<CompatibilityReport>;
  /**
   * Loads a low-rank adapter (LoRA) beside a loaded model. Requests name it as their `adapter`, or
   * as `model: 'model:adapter'`; those with different adapters and without share their steps. One
   * that does not fit the model is refused with ModelLoadError. It is unloaded together with it.
   */
  loadAdapter(options: LoadAdapterOptions, call?: LoadCallOptions): Promise<AdapterInfo>;
  /** Requests that run with it go on. Of the only model where none is named. */
  unloadAdapter(name: string, model?: string): Promise<void>;
  /** Adapters that are loaded beside one model, or beside all. */
  listAdapters(model?: string): Promise<AdapterInfo[]>;
  /**
   * Generates when it is iterated. An error before the first chunk, and the
   * caller's abort, are thrown; a later failure is the answer's last chunk.
   * Leaving the loop cancels.
   */
  createGenerator(
    params: GeneratorParams,
    options?: GenerateOptions,
  ): AsyncGenerator<GeneratorChunk, void, void>;
  /** The same for a text prompt about an image or several: paths, bytes of files or data URLs. */
  createVisionGenerator(
    params: VisionGeneratorParams,
    options?: GenerateOptions,
  ): AsyncGenerator<GeneratorChunk, void, void>;
  /** With a zod schema as `structured`: a value of it, parsed and validated. */
  generate<Schema extends AnySchema>(
    params: TypedParams<Schema>,
    options?: GenerateOptions,
  ): Promise<z.output<Schema>>;
  /** The whole text. */
  generate(params: GeneratorParams, options?: GenerateOptions): Promise<string>;
  /** An object that fills in as it is written; the last chunk holds it parsed and validated. */
  streamObject<Schema extends AnySchema>(
    params: TypedParams<Schema>,
    options?: GenerateOptions,
  ): AsyncGenerator<ObjectChunk<Schema>, void, void>;
  /** The assistant's turn, and the value it holds when `structured` is a zod schema. */
  chat<Schema extends AnySchema>(
    input: TypedChatInput<Schema>,
    options?: GenerateOptions,
  ): Promise<TypedChatAnswer<Schema>>;
  chat<Schema extends AnySchema>(
    conversation: Conversation,
    options: TypedChatOptions<Schema>,
  ): Promise<TypedChatAnswer<Schema>>;
  /** The assistant's turn. Beside a conversation alone, `options` hold sampling settings too. */
  chat(conversation: Conversation, options?: ChatOptions): Promise<ChatAnswer>;
  chat(input: ChatInput, options?: GenerateOptions): Promise<ChatAnswer>;
  chatStream(
    conversation: Conversation,
    options?: ChatOptions,
  ): AsyncGenerator<GeneratorChunk, void, void>;
  chatStream(
    input: ChatInput,
    options?: GenerateOptions,
  ): AsyncGenerator<GeneratorChunk, void, void>;
  /**
   * Lets the model answer and call tools by turns, until it answers without a
   * call or `maxSteps` is reached. What a tool throws is told to the model.
   */
  runTools<const Tools extends readonly Tool[]>(
    options: RunToolsOptions<Tools>,
  ): Promise<RunToolsResult<Tools[number]>>;
  tokenize(request: TokenizeRequest, options?: CallOptions): Promise<TokenizeResponse>;
  detokenize(request: DetokenizeRequest, options?: CallOptions): Promise<string>;
  /** Tokens of a conversation as the model reads it, chat template included. */
  countTokens(request: CountTokensRequest, options?: CallOptions): Promise<number>;
  /** A vector for each text, from the one model that is loaded. */
  embed(texts: string | readonly string[], options?: CallOptions): Promise<number[][]>;
  embed(
    request: EmbedRequest & { encoding?: 'float' | undefined },
    options?: CallOptions,
  ): Promise<Embeddings>;
  /** With `encoding: 'base64'` vectors to send on, which nobody here turns into numbers. */
  embed(request: EmbedRequest, options?: CallOptions): Promise<Embeddings | EncodedEmbeddings>;
  /** How likely each token of a text is, given those before it; for evaluation. */
  score(
    input: string | readonly string[] | ScoreRequest,
    options?: CallOptions,
  ): Promise<TextScore[]>;
  /** Documents by how well they match a query, best first; scores from 0 to 1. */
  rerank(request: RerankRequest, options?: CallOptions): Promise<Reranking>;
  /** Models that are loaded or being loaded. */
  listModels(): Promise<ModelHandle[]>;
  getModelInfo(id: string): Promise<ModelHandle>;
  getRuntimeInfo(): Promise<RuntimeInfo>;
  healthCheck(): Promise<HealthReport>;
  /** What requests to a model may ask for; the rest is refused with InvalidParams. */
  capabilities(model: string): Promise<ModelCapabilities>;
  /** Runs the model once, so that the first request does not pay for its first step. */
  warmupModel(id: string, options?: CallOptions): Promise<void>;
  /** Counters of one model, or of all together. */
  getBatchStats(model?: string, options?: CallOptions): Promise<BatchStats>;
  getCacheStats(model?: string, options?: CallOptions): Promise<CacheStats>;
  /** Counts from zero again. */
  resetBatchStats(model?: string, options?: CallOptions): Promise<void>;
  /** Hands out at once what `batch_queue.flush_interval_ms` holds back. */
  flushBatches(): Promise<void>;
  /** Refuses new calls, ends running ones with a typed error and stops every process. */
  shutdown(): Promise<void>;
  /** The same as `shutdown`. */
  dispose(): Promise<void>;
}
