import { isEngineClientError, type ModelHandle, type OpenAIModel } from '@mlx/schemas';
import { HttpError } from './http/http-error.js';
import { toModelFacts } from './openai/model-facts.js';
import type { ServingEngine } from './serving-engine.js';

/** A repository name or a plain one: no path, no escape, nothing that a file system reads. */
const MODEL_ID = /^[A-Za-z0-9][\w.:+-]*(?:\/[A-Za-z0-9][\w.:+-]*)?$/;
const MODEL_ID_MAX_LENGTH = 200;

function isModelId(id: string): boolean {
  return id.length <= MODEL_ID_MAX_LENGTH && MODEL_ID.test(id) && !id.includes('..');
}

/** The models that requests may name. */
export class ServedModels {
  readonly #engine: ServingEngine;
  readonly #created = Math.floor(Date.now() / 1000);

  constructor(engine: ServingEngine) {
    this.#engine = engine;
  }

  async list(): Promise<readonly OpenAIModel[]> {
    return Promise.all((await this.handles()).map((handle) => this.#describe(handle)));
  }

  /** The model of that name; 400 for what cannot be a name, 404 for one not served. */
  async require(id: string): Promise<OpenAIModel> {
    return this.#describe(await this.handle(id));
  }

  /** The same, as the engine has it. */
  async handle(id: string): Promise<ModelHandle> {
    requireModelId(id);
    const handles = await this.handles();
    const handle = handles.find(({ descriptor }) => descriptor.id === id);
    if (handle) return handle;
    const served = handles.map(({ descriptor }) => descriptor.id).join(', ');
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
    return {
      id: descriptor.id,
      object: 'model',
      created: this.#created,
      owned_by: owner && owner !== descriptor.id ? owner : 'local',
      context_length: contextLength,
      ...(await this.#factsOf(descriptor.id)),
    };
  }

  /** Nothing while the model is being loaded: it has not said yet what it can do. */
  async #factsOf(id: string): Promise<Partial<OpenAIModel>> {
    try {
      return toModelFacts(await this.#engine.capabilities(id));
    } catch (error) {
      if (isEngineClientError(error) && error.code === 'ModelNotLoaded') return {};
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
