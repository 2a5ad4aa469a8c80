import type { Announcement } from '@mlx/schemas/fleet';
import { busyShare, modelOf, needOf, roomOf } from './room.js';
import type { Surplus } from './surplus.js';
import { couldLoad, type Needs } from './where-to-load.js';

/** A worker that is busier than this has no place for a hot model. */
const COMFORT = 0.5;

/** The next worker for a model, and what has to leave it before. */
export interface Spread {
  readonly worker: Announcement;
  readonly unload: readonly string[];
}

interface Situation {
  readonly workers: readonly Announcement[];
  readonly surplus: Surplus;
  readonly now: number;
  /** Workers that could not load it. */
  readonly failed: ReadonlySet<string>;
  /** What the requests that have no place need. */
  readonly needs?: Needs;
}

/**
 * Where one more worker can have a model: it stores it, is not busy, and has the memory, at most at
 * the cost of what nobody needs there. Undefined where there is none, and while one is loading it.
 */
export function whereToSpread(model: string, situation: Situation): Spread | undefined {
  const { workers, failed, needs } = situation;
  const open = workers.filter(({ draining }) => !draining);
  if (open.some((worker) => modelOf(worker, model)?.ready === false)) return undefined;
  const able = open.filter(
    (worker) =>
      couldLoad(model, worker, needs) && !failed.has(worker.worker) && busyShare(worker) < COMFORT,
  );
  const spreads = able.flatMap((worker) => spreadTo(worker, model, situation) ?? []);
  return spreads.toSorted(byCost)[0];
}

function spreadTo(worker: Announcement, model: string, situation: Situation): Spread | undefined {
  const { workers, surplus, now } = situation;
  const need = needOf(model, worker, workers);
  const leaving = surplus.of(worker, workers, now);
  let free = roomOf(worker);
  let places = worker.maxModels - worker.models.length;
  const unload: string[] = [];
  while (free < need || places < 1) {
    const next = leaving.shift();
    if (next === undefined) return undefined;
    unload.push(next);
    free += modelOf(worker, next)?.memoryBytes ?? 0;
    places += 1;
  }
  return { worker, unload };
}

/** What displaces nothing first, then the less busy, then the roomier; equal for all gateways. */
function byCost(left: Spread, right: Spread): number {
  return (
    left.unload.length - right.unload.length ||
    busyShare(left.worker) - busyShare(right.worker) ||
    roomOf(right.worker) - roomOf(left.worker) ||
    (left.worker.worker < right.worker.worker ? -1 : 1)
  );
}
