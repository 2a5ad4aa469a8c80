import type { AnnouncedModel, Announcement } from '@mlx/schemas/fleet';

export const modelOf = (worker: Announcement, id: string): AnnouncedModel | undefined =>
  worker.models.find((model) => model.id === id);

export const isStored = (worker: Announcement, id: string): boolean =>
  worker.storedModels.some((model) => model.id === id);

/** Bytes that a model could take without another having to go. */
export function roomOf({ memoryBudgetBytes, models }: Announcement): number {
  return models.reduce((left, { memoryBytes }) => left - memoryBytes, memoryBudgetBytes);
}

/** Bytes that a model would take on a worker, by what it says itself, else by what it takes elsewhere. */
export function needOf(id: string, worker: Announcement, all: readonly Announcement[]): number {
  const own = worker.storedModels.find((model) => model.id === id)?.memoryBytes;
  if (own !== undefined) return own;
  return Math.max(0, ...all.map((other) => modelOf(other, id)?.memoryBytes ?? 0));
}

/** Share of what a worker decodes together that is taken, over all of its models. */
export function busyShare({ models }: Announcement): number {
  const slots = models.reduce((sum, model) => sum + model.slots, 0);
  return slots === 0 ? 0 : models.reduce((sum, { requests }) => sum + requests, 0) / slots;
}
