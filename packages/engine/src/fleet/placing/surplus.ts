import type { Announcement } from '@mlx/schemas/fleet';
import { modelOf } from './room.js';

/** What nobody uses for so long, and others have, may make room for what is needed. */
const IDLE_MS = 30_000;
/** Where the others are as busy as this it is not surplus. */
const BUSY = 0.5;

/** Models that a worker has without need: idle for long, loaded by requests, and ready elsewhere. */
export class Surplus {
  readonly #idleSince = new Map<string, number>();

  /** To be told what all workers say, every now and then; moments are in milliseconds from any. */
  look(workers: readonly Announcement[], now: number): void {
    const idle = workers.flatMap(({ worker, models }) =>
      models.filter(({ requests }) => requests === 0).map(({ id }) => keyOf(worker, id)),
    );
    const keys = new Set(idle);
    for (const key of this.#idleSince.keys()) if (!keys.has(key)) this.#idleSince.delete(key);
    for (const key of keys) if (!this.#idleSince.has(key)) this.#idleSince.set(key, now);
  }

  /** Names of those that may go from a worker, the largest first. */
  of(worker: Announcement, all: readonly Announcement[], now: number): string[] {
    const surplus = worker.models.filter(({ id, ready, onDemand }) => {
      const since = this.#idleSince.get(keyOf(worker.worker, id)) ?? now;
      return ready && onDemand && now - since >= IDLE_MS && isServedWithout(worker, id, all);
    });
    return surplus
      .toSorted((left, right) => right.memoryBytes - left.memoryBytes)
      .map(({ id }) => id);
  }
}

function isServedWithout(worker: Announcement, id: string, all: readonly Announcement[]): boolean {
  return all.some((other) => {
    if (other.worker === worker.worker || other.draining) return false;
    const model = modelOf(other, id);
    return model?.ready === true && model.requests < BUSY * model.slots;
  });
}

const keyOf = (worker: string, model: string) => `${worker} ${model}`;
