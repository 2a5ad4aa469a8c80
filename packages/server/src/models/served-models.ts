import type { AcquireOptions, KnownModelInfo, ModelCapabilities, ModelLease } from '@mlx/engine';
import { isEngineClientError, type ModelHandle } from '@mlx/schemas';
import type { OpenAIModel } from '@mlx/schemas/endpoints';
import { readModelName, type NamedModel } from './adapter-names.js';
import { HttpError } from '../http/http-error.js';
import { toModelFacts } from './model-facts.js';
import { modelOf } from './model-name.js';
import type { ServingEngine } from '../serving-engine.js';
import { toModelState } from './to-model-state.js';

/** A repository name or a plain one: no path, no escape, nothing that a file system reads. */
const MODEL_ID = /^[A-Za-z0-9][\w.:+@-]*(?:\/[A-Za-z0-9][\w.:+@-]*)?$/;
const MODEL_ID_MAX_LENGTH = 200;
/** Without a better guess, seconds after which a model is worth asking for again. */
const LOAD_RETRY_SECONDS = 5;

/** What a request needs to know of its model. */
export interface ServedModel {
  readonly contextLength: number;
  /** Undefined while the model is being loaded: it has not said yet what it can do. */
  readonly known: ModelCapabilities | undefined;
}

/** The models that requests may name. */
export class ServedModels {
  readonly #engine: ServingEngine;
  readonly #aliases: ReadonlyMap<string, string>;
  readonly #created = Math.floor(Date.now() / 1000);

  /** @param aliases further names, each with the model that it stands for */
  constructor(engine: ServingEngine, aliases: Readonly<Record<string, string>> = {}) {
    this.#engine = engine;
    this.#aliases = new Map(Object.entries(aliases));
  }

  /** A request's body under the name that the engine knows its model by. */
  withRealName(body: unknown): unknown {
    if (typeof body !== 'object' || body === null || !('model' in body)) return body;
    const { model } = body;
    const real = typeof model === 'string' ? this.realName(model) : model;
    return real === model ? body : { ...body, model: real };
  }

  /** What a request's `model` means, adapters included. */
  async read(name: string): Promise<NamedModel> {
    return readModelName(this.realName(name), this.#engine, () => this.all());
  }

  /** Clients of Ollama put a tag behind a name that has none. */
  realName(name: string): string {
    return this.#aliases.get(name) ?? this.#aliases.get(modelOf(name)) ?? name;
  }

  /** Under every name that it has. */
  async list(): Promise<readonly OpenAIModel[]> {
    const known = await this.all();
    const models = (await Promise.all(known.map((model) => this.#entries(model)))).flat();
    const others = [...this.#aliases].flatMap(([id, real]) =>
      models.filter((model) => model.id === real).map((model) => Object.assign({}, model, { id })),
    );
    return [...models, ...others];
  }

  /** What clients are told of the model of that name; 400 for what cannot be a name, 404 for what is not served. */
  async describe(id: string): Promise<OpenAIModel> {
    const { model, adapter } = await this.read(id);
    const known = await this.find(model);
    const [own, ...adapters] = await this.#entries(known);
    return adapters.find((each) => each.id === `${known.id}:${adapter}`) ?? own;
  }

  async require(id: string, loaded?: ModelHandle): Promise<ServedModel> {
    const { contextLength, descriptor } = loaded ?? (await this.#handle(id));
    return { contextLength, known: await this.#capabilities(descriptor.id) };
  }

  /**
   * Holds the model in memory, loaded first where that is allowed; 404 for one
   * not served, 503 with Retry-After for one that takes longer than `timeoutMs`.
   */
  async acquire(id: string, options: AcquireOptions): Promise<ModelLease | undefined> {
    try {
      return await this.#engine.acquireModel?.(this.realName(id), options);
    } catch (error) {
      if (!isEngineClientError(error)) throw error;
      if (error.code === 'ModelNotLoaded') await this.find(id);
      if (error.code === 'Timeout') throw await this.#stillLoading(id);
      throw error;
    }
  }

  /** One that is in memory; 404 for any other. */
  async #handle(id: string): Promise<ModelHandle> {
    const { handle } = await this.find(id);
    if (handle) return handle;
    throw new HttpError(`The model '${id}' is not loaded.`, {
      status: 404,
      code: 'model_not_loaded',
      param: 'model',
    });
  }

  async find(id: string): Promise<KnownModelInfo> {
    const models = await this.all();
    const real = this.realName(id);
    const model = models.find((known) => known.id === real);
    if (model) return model;
    requireModelId(id);
    const served = [...models.map((known) => known.id), ...this.#aliases.keys()].join(', ');
    throw new HttpError(`The model '${id}' is not served here. Served: ${served || 'none'}.`, {
      status: 404,
      code: 'model_not_found',
      param: 'model',
    });
  }

  /** In any state: a model that is being restarted makes its requests wait, it is not gone. */
  async all(): Promise<readonly KnownModelInfo[]> {
    const known = await this.#engine.knownModels?.();
    if (known) return known;
    const handles = await this.#engine.listModels();
    return handles.flatMap((handle) => {
      const { descriptor, state, draft } = handle;
      if (draft) return [];
      return [{ id: descriptor.id, state, handle, activeRequests: 0, pinned: false }];
    });
  }

  async #stillLoading(id: string): Promise<HttpError> {
    const model = await this.find(id);
    const { step } = toModelState(model);
    const told = step === undefined ? '' : ` (${step})`;
    return new HttpError(`The model '${id}' is still loading${told}. Try again.`, {
      status: 503,
      code: 'model_not_ready',
      retryAfterSeconds: LOAD_RETRY_SECONDS,
    });
  }

  /** The model, and each of its adapters as a model of its own. */
  async #entries(model: KnownModelInfo): Promise<[OpenAIModel, ...OpenAIModel[]]> {
    const own = await this.#describe(model);
    const { id: parent, adapters = [] } = model;
    return [
      own,
      ...adapters.map((name) => Object.assign({}, own, { id: `${parent}:${name}`, parent })),
    ];
  }

  async #describe(model: KnownModelInfo): Promise<OpenAIModel> {
    const { id, handle } = model;
    const [owner] = id.split('/');
    const known = handle && (await this.#capabilities(id));
    return {
      id,
      object: 'model',
      created: this.#created,
      owned_by: owner && owner !== id ? owner : 'local',
      context_length: handle?.contextLength,
      ...toModelState(model),
      ...(known && toModelFacts(known)),
    };
  }

  async #capabilities(id: string): Promise<ModelCapabilities | undefined> {
    try {
      return await this.#engine.capabilities(id);
    } catch (error) {
      if (isEngineClientError(error) && error.code === 'ModelNotLoaded') return undefined;
      throw error;
    }
  }
}

/** Names that are not known are told apart from what cannot be one, which is not repeated. */
function requireModelId(id: string): void {
  if (id.length <= MODEL_ID_MAX_LENGTH && MODEL_ID.test(id) && !id.includes('..')) return;
  throw new HttpError('The model must be named like "owner/name" or "name".', {
    status: 400,
    code: 'invalid_model_id',
    param: 'model',
  });
}
