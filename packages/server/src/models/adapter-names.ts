import type { KnownModelInfo } from '@mlx/engine';
import type { ServingEngine } from '../serving-engine.js';

/** What a request's `model` means. */
export interface NamedModel {
  readonly model: string;
  /** Beside the model; absent: the model alone. */
  readonly adapter?: string | undefined;
}

type AdapterEngine = Pick<ServingEngine, 'listAdapters'>;

/** A model, `model:adapter`, or the name that an adapter alone has, as vLLM's clients use it. */
export async function readModelName(
  name: string,
  engine: AdapterEngine,
  all: () => Promise<readonly KnownModelInfo[]>,
): Promise<NamedModel> {
  const colon = name.lastIndexOf(':');
  if (colon > 0) {
    const [model, adapter] = [name.slice(0, colon), name.slice(colon + 1)];
    const models = await all();
    if (models.some(({ id }) => id === name)) return { model: name };
    const base = models.find(({ id }) => id === model);
    return base?.adapters?.includes(adapter) ? { model, adapter } : { model: name };
  }
  const adapters = (await engine.listAdapters?.()) ?? [];
  const [first, second] = adapters.filter((adapter) => adapter.name === name);
  if (first === undefined || second !== undefined) return { model: name };
  if ((await all()).some(({ id }) => id === name)) return { model: name };
  return { model: first.model, adapter: name };
}
