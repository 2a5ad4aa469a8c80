import type { ModelCapabilities } from '@mlx/engine';
import { isEngineClientError, type ModelHandle, type OpenAIModel } from '@mlx/schemas';
import { HttpError } from './http/http-error.js';
import { toModelFacts } from './model-facts.js';
import { modelOf } from './ollama/model-name.js';
import type { ServingEngine } from './serving-engine.js';

/** A repository name or a plain one: no path, no escape, nothing that a file system reads. */
const MODEL_ID = /^[A-Za-z0-9][\w.:+-]*(?:\/[A-Za-z0-9][\w.:+-]*)?$/;
const MODEL_ID_MAX_LENGTH = 200;

function isModelId(id: string): boolean {
  return id.length <= MODEL_ID_MAX_LENGTH && MODEL_ID.test(id) && !id.includes('..');
}

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
    const real = typeof model === 'string' ? this.#realName(model) : model;
    return real === model ? body : { ...body, model: real };
  }

  /** Clients of Ollama put a tag behind a name that has none. */
  #realName(name: string): string {
    return this.#aliases.get(name) ?? this.#aliases.get(modelOf(name)) ?? name;
  }

  /** Under every name that it has. */
  async list(): Promise<readonly OpenAIModel[]> {
    const models = await Promise.all(
      (await this.handles()).map((handle) => this.#describe(handle)),
    );
    const others = [...this.#aliases].flatMap(([id, real]) =>
      models.filter((model) => model.id === real).map((model) => Object.assign({}, model, { id })),
    );
    return [...models, ...others];
  }

  /** What clients are told of the model of that name; 400 for what cannot be a name. */
  async describe(id: string): Promise<OpenAIModel> {
    requireModelId(id);
    return this.#describe(await this.handle(id));
  }

  async require(id: string): Promise<ServedModel> {
    const { contextLength, descriptor } = await this.handle(id);
    return { contextLength, known: await this.#capabilities(descriptor.id) };
  }

  /** The model of that name; 404 for one not served. */
  async handle(id: string): Promise<ModelHandle> {
    const handles = await this.handles();
    const real = this.#realName(id);
    const handle = handles.find(({ descriptor }) => descriptor.id === real);
    if (handle) return handle;
    const served = [
      ...handles.map(({ descriptor }) => descriptor.id),
      ...this.#aliases.keys(),
    ].join(', ');
    throw new HttpError(`The model '${id}' is not served here. Served: ${served || 'none'}.`, {
      status: 404,
      code: 'model_not_found',
      param: 'model',
    });
  }

  /** In any state: a model that is being restarted makes its requests wait, it is not gone. */
  async handles(): Promise<readonly ModelHandle[]> {
    const handles = await this.#engine.listModels();
    return handles.filter(({ draft }) => !draft);
  }

  async #describe({ descriptor, contextLength }: ModelHandle): Promise<OpenAIModel> {
    const [owner] = descriptor.id.split('/');
    const known = await this.#capabilities(descriptor.id);
    return {
      id: descriptor.id,
      object: 'model',
      created: this.#created,
      owned_by: owner && owner !== descriptor.id ? owner : 'local',
      context_length: contextLength,
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

export function requireModelId(id: string): void {
  if (isModelId(id)) return;
  throw new HttpError('The model must be named like "owner/name" or "name".', {
    status: 400,
    code: 'invalid_model_id',
    param: 'model',
  });
}
