import type { Pressure } from './bounds.js';
import type { NotPlaced, Placed } from './choice.js';
import { FairQueue } from './fair-queue.js';
import type { RouteRequest } from './route-request.js';
import { Router } from './router.js';
import type { RouterOptions } from './router-options.js';
import type { WorkerView } from './worker-view.js';

/** Told once, where the request goes, or that no worker has its model any more. */
export type OnPlaced = (choice: Placed | Extract<NotPlaced, { type: 'absent' }>) => void;

interface Waiting {
  readonly request: RouteRequest;
  readonly onPlaced: OnPlaced;
}

/** What a request costs beside its prompt, in characters of one. */
const ANSWER_COST = 1024;

/** Requests that wait for each other's places, so that no tenant's burst keeps others out. */
export class Dispatcher {
  readonly #router: Router;
  readonly #queues = new Map<string, FairQueue<Waiting>>();
  readonly #waiting = new Map<string, Waiting>();

  constructor(options: RouterOptions = {}) {
    this.#router = new Router(options);
  }

  /** Requests that wait for a place. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** What runs, or waits here, for a model; and what its workers decode together. */
  pressure(model: string): Pressure {
    const { load, slots } = this.#router.pressure(model);
    return { load: load + (this.#queues.get(model)?.size ?? 0), slots };
  }

  /** Requests for each adapter of a model that wait for a place. */
  waitingByAdapter(model: string): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { request } of this.#waiting.values()) {
      const { adapter } = request;
      if (request.model !== model || adapter === undefined) continue;
      counts.set(adapter, (counts.get(adapter) ?? 0) + 1);
    }
    return counts;
  }

  /** What runs on the workers that have an adapter, whatever of, and what they decode together. */
  adapterPressure(model: string, adapter: string): Pressure {
    return this.#router.pressure(model, adapter);
  }

  /** Takes in what a worker says of itself; requests that waited for it are placed. */
  announce(view: WorkerView): void {
    this.#router.announce(view);
    this.#place();
  }

  /** A worker is gone; its requests are to be submitted again or failed by the caller. */
  leave(workerId: string): void {
    this.#router.leave(workerId);
    this.#place();
  }

  /** Calls `onPlaced` at once where there is a place, and later where all are taken. */
  submit(request: RouteRequest, onPlaced: OnPlaced): void {
    const queue = this.#queueOf(request.model);
    const waiting: Waiting = { request, onPlaced };
    this.#waiting.set(request.id, waiting);
    queue.push(waiting, {
      tenant: request.tenant,
      priority: request.priority ?? 0,
      cost: request.blocks.length + ANSWER_COST,
      kind: kindOf(request),
    });
    this.#placeOf(queue);
  }

  /** Takes back a request that waits; false: it does not. */
  withdraw(requestId: string): boolean {
    const waiting = this.#waiting.get(requestId);
    if (waiting === undefined) return false;
    this.#waiting.delete(requestId);
    return this.#queueOf(waiting.request.model).remove(waiting);
  }

  /** The same as `Router.finished`; who waited gets the place. */
  finished(requestId: string, computed: boolean): void {
    this.#router.finished(requestId, computed);
    this.#place();
  }

  #place(): void {
    for (const queue of this.#queues.values()) this.#placeOf(queue);
  }

  #placeOf(queue: FairQueue<Waiting>): void {
    let told: (() => void) | undefined;
    const tryToPlace = ({ request, onPlaced }: Waiting): boolean => {
      const choice = this.#router.choose(request);
      if (choice.type === 'full') return false;
      this.#waiting.delete(request.id);
      told = () => onPlaced(choice);
      return true;
    };
    while (queue.shift(tryToPlace) !== undefined) {
      told?.();
    }
  }

  #queueOf(model: string): FairQueue<Waiting> {
    const known = this.#queues.get(model);
    if (known !== undefined) return known;
    const queue = new FairQueue<Waiting>();
    this.#queues.set(model, queue);
    return queue;
  }
}

/** What a worker has to have for it. */
const kindOf = ({ adapter = '', vision = false }: RouteRequest) => `${adapter} ${vision}`;
