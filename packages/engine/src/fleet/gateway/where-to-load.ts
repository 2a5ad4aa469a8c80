import type { Announcement } from '@mlx/schemas/fleet';

/**
 * Workers that a model may be used on, the best first: those that have it ready, those that are
 * loading it, then those that could load it, by what their budgets leave.
 */
export function whereToLoad(model: string, workers: readonly Announcement[]): Announcement[] {
  const open = workers.filter(({ draining }) => !draining);
  const has = (worker: Announcement) => worker.models.find(({ id }) => id === model);
  const ready = open.filter((worker) => has(worker)?.ready === true);
  const loading = open.filter((worker) => has(worker)?.ready === false);
  const able = open.filter(
    (worker) => has(worker) === undefined && worker.storedModels.includes(model),
  );
  return [...ready, ...loading, ...able.toSorted((left, right) => room(right) - room(left))];
}

/** Bytes that a model could take without another having to go. */
function room({ memoryBudgetBytes, models }: Announcement): number {
  const taken = models.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  return memoryBudgetBytes - taken;
}
