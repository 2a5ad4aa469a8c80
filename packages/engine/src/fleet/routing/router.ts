import type { Pressure } from './bounds.js';
import type { Choice } from './choice.js';
import { ModelPool } from './model-pool.js';
import { routerOptions, type RouterOptions } from './router-options.js';
import type { RouteRequest } from './route-request.js';
import type { WorkerView } from './worker-view.js';

/**
 * Decides which worker answers a request. It does no I/O and reads no clock: it is told what
 * workers announce, and what became of the requests that it placed.
 */
export class Router {
  readonly #options: Required<RouterOptions>;
  readonly #pools = new Map<string, ModelPool>();
  readonly #placed = new Map<string, ModelPool>();

  constructor(options: RouterOptions = {}) {
    this.#options = routerOptions(options);
  }

  /** Takes in what a worker says of itself; the newest announcement counts. */
  announce(view: WorkerView): void {
    for (const model of view.models) this.#poolOf(model.id);
    for (const [id, pool] of this.#pools) {
      const model = view.models.find((each) => each.id === id);
      if (model === undefined) pool.leave(view.id);
      else pool.announce(view, model);
    }
  }

  /** A worker is gone: what it held is forgotten, and its requests no longer count. */
  leave(workerId: string): void {
    for (const pool of this.#pools.values()) pool.leave(workerId);
  }

  /** What runs on the workers that take requests for a model, or for one of its adapters. */
  pressure(model: string, adapter?: string): Pressure {
    return this.#pools.get(model)?.pressure(adapter) ?? { load: 0, slots: 0 };
  }

  /** Places a request, which counts as running there until it is `finished`. */
  choose(request: RouteRequest): Choice {
    const pool = this.#pools.get(request.model);
    if (pool === undefined) return { type: 'absent' };
    const choice = pool.choose(request);
    if (choice.type === 'placed') this.#placed.set(request.id, pool);
    return choice;
  }

  /**
   * `computed`: the worker has read the whole prompt, so that it keeps it; false where it failed
   * before, and for a request that is placed anew.
   */
  finished(requestId: string, computed: boolean): void {
    this.#placed.get(requestId)?.finished(requestId, computed);
    this.#placed.delete(requestId);
  }

  #poolOf(model: string): ModelPool {
    const known = this.#pools.get(model);
    if (known !== undefined) return known;
    const pool = new ModelPool(this.#options);
    this.#pools.set(model, pool);
    return pool;
  }
}
