import type { EvictionStrategy } from '../settings.js';
import type { ManagedModel } from './managed-model.js';
import type { ModelUse } from './model-facts.js';

/** What each strategy lets go of first: the smallest value. */
const rank: Record<EvictionStrategy, (use: ModelUse) => number> = {
  lru: (use) => use.lastUsedAt,
  lfu: (use) => use.calls,
  fifo: (use) => use.loadedAt,
};

/** The first to go first. */
export function byStrategy(
  models: readonly ManagedModel[],
  strategy: EvictionStrategy,
): ManagedModel[] {
  const value = rank[strategy];
  return models.toSorted((left, right) => value(left.use) - value(right.use));
}

/** The models that nothing uses and that are not pinned, the first to go first. */
export function evictable(
  models: readonly ManagedModel[],
  strategy: EvictionStrategy,
): ManagedModel[] {
  const free = models.filter(({ idle, pinned }) => idle && !pinned);
  return byStrategy(free, strategy);
}

export interface KeepRules {
  /** Idle models kept in memory. */
  readonly maxIdle: number;
  readonly strategy: EvictionStrategy;
}

/** The idle models beyond those that may be kept. One that was never used is not surplus yet. */
export function surplus(
  models: readonly ManagedModel[],
  { maxIdle, strategy }: KeepRules,
): ManagedModel[] {
  const idle = evictable(models, strategy);
  const used = idle.filter(({ use }) => use.calls > 0);
  return used.slice(0, Math.max(0, idle.length - maxIdle));
}
