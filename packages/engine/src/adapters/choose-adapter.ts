import type { GeneratorParams } from '@mlx/schemas';
import type { ManagedModel } from '../models/managed-model.js';
import type { ModelRegistry } from '../models/model-registry.js';
import { invalidParameter } from '../support/errors.js';

interface Models {
  readonly models: Pick<ModelRegistry, 'models' | 'knownModels' | 'names'>;
}

/** A model's name and an adapter's, of a name of both with a colon between them. */
export function splitAdapter(
  { models }: Models,
  id: string,
): { readonly model: string; readonly adapter?: string } {
  const colon = id.lastIndexOf(':');
  const own = models.names.idOf(id);
  if (colon === -1 || models.models.some((model) => model.id === own)) return { model: id };
  const [model, adapter] = [id.slice(0, colon), id.slice(colon + 1)];
  return adapterNames({ models }, model).includes(adapter) ? { model, adapter } : { model: id };
}

/** Adapters that requests to a model may name. */
export function adapterNames({ models }: Models, name: string): readonly string[] {
  const id = models.names.idOf(name);
  const model = models.models.find((each) => each.id === id);
  return model === undefined ? models.knownModels.adapterNames(id) : model.adapterNames;
}

/** `model: 'model:adapter'` as `model` and `adapter`. */
export function withAdapter(services: Models, params: GeneratorParams): GeneratorParams {
  const { model, adapter } = splitAdapter(services, params.model);
  if (adapter === undefined) return params;
  if (params.adapter !== undefined && params.adapter !== adapter) {
    throw invalidParameter('adapter', `'${params.model}' names another one`);
  }
  return { ...params, model, adapter };
}

/** Vectors, scores and orders are the model's own: refuses a name of both. */
export function refuseAdapter(services: Models, id: string): void {
  const { model, adapter } = splitAdapter(services, id);
  if (adapter === undefined) return;
  throw invalidParameter(
    'model',
    `Adapters make text, and '${id}' is asked for something else: name '${model}'`,
  );
}

/** Refuses a name that is not loaded beside the model. */
export function chooseAdapter(model: ManagedModel, wanted: string | undefined): string | undefined {
  if (wanted === undefined) return undefined;
  const { id, adapterNames: names } = model;
  if (names.includes(wanted)) return wanted;
  const loaded = names.join(', ') || 'none';
  throw invalidParameter(
    'adapter',
    `'${wanted}' is not loaded as an adapter of '${id}' (loaded: ${loaded}). Load it first`,
  );
}
