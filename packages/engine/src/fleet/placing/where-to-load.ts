import type { AnnouncedModel, Announcement } from '@mlx/schemas/fleet';
import { isStored, modelOf, roomOf } from './room.js';

/** What a request needs of the worker that answers it. */
export interface Needs {
  readonly adapter?: string | undefined;
  readonly vision?: boolean;
}

/** The model on a worker that takes requests for it now and can answer one with such needs. */
export function readyModel(
  model: string,
  worker: Announcement,
  needs: Needs = {},
): AnnouncedModel | undefined {
  const found = modelOf(worker, model);
  if (found?.ready !== true || worker.draining) return undefined;
  const suits = hasAdapter(found.adapters, needs) && (needs.vision !== true || found.vision);
  return suits ? found : undefined;
}

/**
 * Workers that a model may be used on, the best first: those that have it ready, those that are
 * loading it, then those that could load it, by what their budgets leave.
 */
export function whereToLoad(
  model: string,
  workers: readonly Announcement[],
  needs: Needs = {},
): Announcement[] {
  const open = workers.filter(({ draining }) => !draining);
  const ready = open.filter((worker) => readyModel(model, worker, needs) !== undefined);
  const loading = open.filter((worker) => isLoading(model, worker, needs));
  const able = open.filter((worker) => couldLoad(model, worker, needs));
  return [...ready, ...loading, ...able.toSorted((left, right) => roomOf(right) - roomOf(left))];
}

/** Whether a worker that nobody has waited for yet would come to have it, or comes to it just now. */
export function canBeBroughtUp(
  model: string,
  workers: readonly Announcement[],
  needs: Needs = {},
): boolean {
  return workers.some((worker) => {
    if (worker.draining) return false;
    const isFirst = modelOf(worker, model)?.fingerprint === '';
    return (isFirst && isLoading(model, worker, needs)) || couldLoad(model, worker, needs);
  });
}

function isLoading(model: string, worker: Announcement, needs: Needs): boolean {
  const found = modelOf(worker, model);
  return found?.ready === false && hasAdapter(found.adapters, needs);
}

/** Whether a worker has the files that it takes. Whether a model sees is not known before it is loaded. */
export function couldLoad(
  model: string,
  worker: Announcement,
  { adapter, vision }: Needs = {},
): boolean {
  if (modelOf(worker, model) !== undefined || !isStored(worker, model)) return false;
  if (vision === true) return false;
  const stored = worker.storedModels.find(({ id }) => id === model);
  return adapter === undefined || stored?.adapters.includes(adapter) === true;
}

function hasAdapter(adapters: readonly { readonly name: string }[], { adapter }: Needs): boolean {
  return adapter === undefined || adapters.some(({ name }) => name === adapter);
}
