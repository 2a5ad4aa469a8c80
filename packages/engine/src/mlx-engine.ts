import type {
  EmbedRequest,
  Embeddings,
  EncodedEmbeddings,
  GeneratorParams,
  LoadModelOptionsInput,
  ModelHandle,
  RerankRequest,
  ScoreRequest,
  TokenizeRequest,
  TokenizeResponse,
} from '@mlx/schemas';
import { NonEmptyString } from '@mlx/schemas/common';
import { RuntimeConfigSchema } from '@mlx/schemas/config';
import type { VisionGeneratorParams } from '@mlx/schemas/vision';
import { checkDraft } from './calls/check-draft.js';
import { draftHandles, findHandle } from './drafts/find-drafts.js';
import {
  listAdapters,
  loadAdapter,
  unloadAdapter,
  type LoadAdapterOptions,
} from './calls/load-adapter.js';
import type { LoadModelInput } from './models/plan-adapters.js';
import { loadDraft, unloadDraft, wantsDraft } from './calls/load-draft.js';
import type { EngineOptions } from './engine-options.js';
import { createServices, shareServices, type EngineServices } from './engine-services.js';
import type { Engine } from './engine.js';
import type { ChatAnswer } from './generation/chat-answer.js';
import { readChat, type ChatInput, type ChatOptions } from './calls/chat-input.js';
import { EngineEmitter } from './events/engine-emitter.js';
import { readParams } from './generation/read-params.js';
import { createGenerator } from './calls/create-generator.js';
import { createVisionGenerator } from './calls/create-vision-generator.js';
import { chat, generateText } from './calls/generate-text.js';
import { capabilities, healthCheck, runtimeInfo } from './calls/inspect.js';
import { collectStats, resetStats } from './calls/read-stats.js';
import { toBatchStats, toCacheStats } from './stats/stats.js';
import { loadCall, loadVisionCall, type LoadCallOptions } from './calls/load-model.js';
import { acquireModel, type AcquireOptions } from './calls/acquire-model.js';
import { registerModel } from './calls/register-model.js';
import { knownModels } from './calls/known-models.js';
import { embed } from './calls/embed.js';
import { rerank } from './calls/rerank.js';
import { score } from './calls/score.js';
import { chooseRunner } from './choose-runner.js';
import { startUp } from './start-up.js';
import type { AnySchema } from './structured/any-schema.js';
import type { TypedParams } from './structured/read-structured.js';
import { streamObject } from './calls/stream-object.js';
import type { CallOptions, GenerateOptions } from './support/call-options.js';
import { shuttingDown } from './support/errors.js';
import { validate } from './support/validate.js';
import * as tokenizer from './calls/tokenize.js';
import type { CountTokensRequest, DetokenizeRequest } from './calls/tokenize.js';
import type { Tool } from './tools/define-tool.js';
import type { RunToolsOptions, RunToolsResult } from './tools/run-options.js';
import { runTools } from './calls/run-tools.js';

/** The facade: every method is one line into the part that does it. */
export class MlxEngine extends EngineEmitter implements Engine {
  readonly #services: EngineServices;
  readonly #closing = new AbortController();
  readonly #startedUp: Promise<void>;
  #shutdown: Promise<void> | undefined;

  constructor(options: EngineOptions) {
    super();
    const config = validate(RuntimeConfigSchema, options.config ?? {});
    const runner = chooseRunner(options, config);
    this.#services = createServices(config, runner, this, options.onLog);
    shareServices(this, this.#services);
    const { signal } = this.#closing;
    this.#startedUp = startUp({ engine: this, runner, events: this, config, signal });
  }

  async loadModel(options: LoadModelInput, call?: LoadCallOptions): Promise<ModelHandle> {
    const load = wantsDraft(options) ? loadDraft : loadCall;
    return load(this.#services, options, call);
  }

  async loadVisionModel(options: LoadModelOptionsInput, call?: LoadCallOptions) {
    return loadVisionCall(this.#services, options, call);
  }

  async acquireModel(id: string, options?: AcquireOptions) {
    return acquireModel(this.#services, id, options);
  }

  registerModel(
    options: LoadModelInput,
    keep?: Pick<LoadCallOptions, 'keepAliveMs' | 'pinned'>,
  ): void {
    registerModel(this.#services, options, keep);
  }

  async knownModels() {
    return knownModels(this.#services);
  }

  async unloadModel(id: string): Promise<void> {
    await this.#services.models.unload(validate(NonEmptyString, id));
  }

  async loadDraftModel(options: LoadModelOptionsInput, call?: LoadCallOptions) {
    return loadDraft(this.#services, options, call);
  }

  async unloadDraftModel(id?: string): Promise<void> {
    await unloadDraft(this.#services, id);
  }

  async isDraftModelCompatible(primary: string, draft: string, options?: CallOptions) {
    return checkDraft(this.#services, primary, draft, options);
  }

  async loadAdapter(options: LoadAdapterOptions, call?: LoadCallOptions) {
    return loadAdapter(this.#services, options, call);
  }

  async unloadAdapter(name: string, model?: string): Promise<void> {
    await unloadAdapter(this.#services, name, model);
  }

  async listAdapters(model?: string) {
    return listAdapters(this.#services, model);
  }

  createGenerator(params: GeneratorParams, options?: GenerateOptions) {
    return createGenerator(this.#services, () => ({ params: readParams(params).params, options }));
  }

  createVisionGenerator(params: VisionGeneratorParams, options?: GenerateOptions) {
    return createVisionGenerator(this.#services, params, options);
  }

  async generate<Result = string>(params: object, options?: GenerateOptions): Promise<Result> {
    return (await generateText(this.#services, params, options)) as Result;
  }

  streamObject<Schema extends AnySchema>(params: TypedParams<Schema>, options?: GenerateOptions) {
    return streamObject<Schema>(this.#services, params, options);
  }

  async chat<Answer extends ChatAnswer>(
    input: ChatInput | object,
    options?: ChatOptions | object,
  ): Promise<Answer> {
    return (await chat(this.#services, input, options)) as Answer;
  }

  chatStream(input: ChatInput, options?: ChatOptions) {
    const services = this.#services;
    return createGenerator(services, () => readChat(services, input, options));
  }

  async runTools<const Tools extends readonly Tool[]>(
    options: RunToolsOptions<Tools>,
  ): Promise<RunToolsResult<Tools[number]>> {
    return runTools(this, options, this.#services.settings);
  }

  async tokenize(request: TokenizeRequest, options?: CallOptions): Promise<TokenizeResponse> {
    return tokenizer.tokenize(this.#services, request, options);
  }

  async detokenize(request: DetokenizeRequest, options?: CallOptions) {
    return tokenizer.detokenize(this.#services, request, options);
  }

  async countTokens(request: CountTokensRequest, options?: CallOptions) {
    return tokenizer.countTokens(this.#services, request, options);
  }

  async embed(texts: string | readonly string[], options?: CallOptions): Promise<number[][]>;
  async embed(
    request: EmbedRequest & { encoding?: 'float' | undefined },
    options?: CallOptions,
  ): Promise<Embeddings>;
  async embed(
    request: EmbedRequest,
    options?: CallOptions,
  ): Promise<Embeddings | EncodedEmbeddings>;
  async embed(
    input: unknown,
    options?: CallOptions,
  ): Promise<Embeddings | EncodedEmbeddings | number[][]> {
    return embed(this.#services, input, options);
  }

  async score(input: string | readonly string[] | ScoreRequest, options?: CallOptions) {
    return score(this.#services, input, options);
  }

  async rerank(request: RerankRequest, options?: CallOptions) {
    return rerank(this.#services, request, options);
  }

  async listModels(): Promise<ModelHandle[]> {
    const models = this.#services.models.models.map(({ handle }) => handle);
    return [...models, ...draftHandles(this.#services)];
  }

  async getModelInfo(id: string): Promise<ModelHandle> {
    return findHandle(this.#services, validate(NonEmptyString, id));
  }

  async getRuntimeInfo() {
    return runtimeInfo(this.#services);
  }

  async healthCheck() {
    return healthCheck(this.#services);
  }

  async capabilities(model: string) {
    return capabilities(this.#services, model);
  }

  async warmupModel(id: string, options?: CallOptions): Promise<void> {
    await this.generate({ model: id, prompt: 'Hello', maxTokens: 1, temperature: 0 }, options);
  }

  async getBatchStats(model?: string, options?: CallOptions) {
    const stats = await collectStats(this.#services, model, options);
    return toBatchStats(stats, this.#services.mismatches.count(model));
  }

  async getCacheStats(model?: string, options?: CallOptions) {
    return toCacheStats(await collectStats(this.#services, model, options));
  }

  async resetBatchStats(model?: string, options?: CallOptions): Promise<void> {
    await resetStats(this.#services, model, options);
  }

  async flushBatches(): Promise<void> {
    this.#services.runs.flush();
  }

  async shutdown(): Promise<void> {
    this.#shutdown ??= this.#close();
    await this.#shutdown;
  }

  async dispose(): Promise<void> {
    await this.shutdown();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  async #close(): Promise<void> {
    const { admission, models, runner, status } = this.#services;
    this.#closing.abort(shuttingDown());
    admission.close(shuttingDown());
    await models.close();
    await runner.close?.();
    await this.#startedUp;
    status.set('stopped');
  }
}
