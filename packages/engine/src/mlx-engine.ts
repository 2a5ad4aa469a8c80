import type {
  GeneratorParams,
  LoadModelOptionsInput,
  ModelHandle,
  TokenizeRequest,
  TokenizeResponse,
} from '@mlx/schemas';
import { NonEmptyString } from '@mlx/schemas/common';
import { RuntimeConfigSchema } from '@mlx/schemas/config';
import { Admission } from './admission/admission.js';
import type { EngineOptions } from './engine-options.js';
import type { EngineServices } from './engine-services.js';
import type { ChatInput, Engine } from './engine.js';
import { EngineEmitter } from './events/engine-emitter.js';
import { RuntimeStatusTracker } from './events/runtime-status.js';
import { createGenerator } from './generation/create-generator.js';
import { chat, generateText, toChatParams } from './generation/generate-text.js';
import { capabilities, collectStats, healthCheck, runtimeInfo } from './insight/insight-calls.js';
import { toBatchStats, toCacheStats } from './insight/stats.js';
import type { LoadCallOptions } from './models/load-call-options.js';
import { loadCall } from './models/load-call.js';
import { ModelRegistry } from './models/model-registry.js';
import { PythonRunner } from './runner/python-runner.js';
import { toSettings } from './settings.js';
import type { CallOptions, GenerateOptions } from './support/call-options.js';
import { shuttingDown } from './support/errors.js';
import { validate } from './support/validate.js';
import * as tokenizer from './tokenizer/tokenizer-calls.js';
import type { CountTokensRequest, DetokenizeRequest } from './tokenizer/tokenizer-calls.js';

/** The facade: every method is one line into the part that does it. */
export class MlxEngine extends EngineEmitter implements Engine {
  readonly #services: EngineServices;
  #shutdown: Promise<void> | undefined;

  constructor(options: EngineOptions) {
    super();
    const config = validate(RuntimeConfigSchema, options.config ?? {});
    const runner = options.runner ?? new PythonRunner(config);
    const settings = toSettings(config);
    const status = new RuntimeStatusTracker(this);
    const models = new ModelRegistry({ runner, settings, events: this, status });
    const admission = new Admission(settings.maxActiveStreams);
    this.#services = { settings, events: this, status, models, admission };
  }

  async loadModel(options: LoadModelOptionsInput, call?: LoadCallOptions): Promise<ModelHandle> {
    return loadCall(this.#services, options, call);
  }

  async unloadModel(id: string): Promise<void> {
    await this.#services.models.unload(validate(NonEmptyString, id));
  }

  createGenerator(params: GeneratorParams, options?: GenerateOptions) {
    return createGenerator(this.#services, () => params, options);
  }

  async generate(params: GeneratorParams, options?: GenerateOptions) {
    return generateText(this.#services, params, options);
  }

  async chat(input: ChatInput, options?: GenerateOptions) {
    return chat(this.#services, input, options);
  }

  chatStream(input: ChatInput, options?: GenerateOptions) {
    const services = this.#services;
    return createGenerator(services, () => toChatParams(services, input), options);
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

  async listModels(): Promise<ModelHandle[]> {
    return this.#services.models.models.map(({ handle }) => handle);
  }

  async getModelInfo(id: string): Promise<ModelHandle> {
    return this.#services.models.known(validate(NonEmptyString, id)).handle;
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
    return toBatchStats(await collectStats(this.#services, model, options));
  }

  async getCacheStats(model?: string, options?: CallOptions) {
    return toCacheStats(await collectStats(this.#services, model, options));
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
    const { admission, models, status } = this.#services;
    admission.close(shuttingDown());
    await models.close();
    status.set('stopped');
  }
}
