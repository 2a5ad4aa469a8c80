import { Router, type RouterOptions } from '../../../../src/fleet/routing/index.js';
import { Agents, type Turn } from './agents.js';
import { SimulatedCache } from './simulated-cache.js';
import { request, seededRandom, worker } from './views.js';

export type Policy = 'prefix' | 'random' | 'round robin' | 'one machine';

export interface Simulation {
  readonly policy: Policy;
  readonly workers: number;
  readonly slots: number;
  readonly requests: number;
  /** Requests that run at one time, at the quietest and at the busiest hour. */
  readonly running: readonly [least: number, most: number];
  readonly agents: number;
  readonly sessions: number;
  /** Characters of one worker's prefix cache. */
  readonly capacity: number;
  /** Requests between the deaths of two workers, each followed by a new one; Infinity: none dies. */
  readonly requestsPerDeath?: number;
  /** Requests between the announcements of two workers, in turn; default: 1. */
  readonly requestsPerAnnouncement?: number;
  /** Gateways that share the traffic and know of each other by announcements only. */
  readonly gateways?: number;
  readonly router?: RouterOptions;
}

export interface Outcome {
  /** Characters of prompts that were not read again, of all. */
  readonly hitRate: number;
  /** The largest share of its bound that any worker's load came to; at most 1. */
  readonly worstLoad: number;
  /** Requests that found no worker with a place. */
  readonly refused: number;
}

interface SimulatedWorker {
  readonly id: string;
  readonly cache: SimulatedCache;
  readonly running: Set<string>;
}

interface Running {
  readonly id: string;
  readonly turn: Turn;
  readonly worker: SimulatedWorker;
  readonly router: Router | undefined;
}

const SEED = 22;
const DAY = 60;

/** Plays traffic of agents to a fleet; time is counted in requests, and the load goes up and down. */
export class SimulatedFleet {
  readonly #options: Simulation;
  readonly #random = seededRandom(SEED);
  readonly #agents: Agents;
  readonly #routers: Router[];
  readonly #workers: SimulatedWorker[] = [];
  readonly #byId = new Map<string, SimulatedWorker>();
  readonly #running: Running[] = [];
  #born = 0;
  #asked = 0;
  #known = 0;
  #worstLoad = 0;
  #refused = 0;

  constructor(options: Simulation) {
    this.#options = options;
    const { gateways = 1, workers, agents, sessions } = options;
    this.#agents = new Agents({ random: seededRandom(SEED + 1), agents, sessions });
    this.#routers = Array.from(
      { length: gateways },
      (_, index) => new Router({ random: seededRandom(index), ...options.router }),
    );
    for (let count = 0; count < workers; count += 1) this.#join();
  }

  play(): Outcome {
    const {
      requests,
      running,
      requestsPerDeath = Infinity,
      requestsPerAnnouncement = 1,
    } = this.#options;
    const [least, most] = running;
    for (let count = 1; count <= requests; count += 1) {
      const hour = (1 - Math.cos((2 * Math.PI * count) / DAY)) / 2;
      while (this.#running.length >= least + (most - least) * hour) this.#finishOne();
      this.#ask();
      const turn = Math.floor(count / requestsPerAnnouncement);
      const speaker = this.#workers[turn % this.#workers.length];
      if (speaker !== undefined && count % requestsPerAnnouncement === 0) this.#announce(speaker);
      if (count % requestsPerDeath === 0) this.#replaceOne();
    }
    return {
      hitRate: this.#known / this.#asked,
      worstLoad: this.#worstLoad,
      refused: this.#refused,
    };
  }

  #ask(): void {
    const turn = this.#agents.next();
    const one = request({ blocks: turn.blocks });
    const router = this.#routers[Math.floor(this.#random() * this.#routers.length)];
    const chosen = this.#place(one, router);
    if (chosen === undefined) {
      this.#refused += 1;
      turn.answered();
      return;
    }
    this.#asked += turn.blocks.length;
    this.#known += chosen.cache.read(turn.blocks);
    chosen.running.add(one.id);
    this.#worstLoad = Math.max(this.#worstLoad, chosen.running.size / this.#bound());
    const routed = this.#options.policy === 'prefix' ? router : undefined;
    this.#running.push({ id: one.id, turn, worker: chosen, router: routed });
  }

  #place(one: ReturnType<typeof request>, router: Router | undefined): SimulatedWorker | undefined {
    switch (this.#options.policy) {
      case 'prefix': {
        const choice = router?.choose(one);
        return choice?.type === 'placed' ? this.#byId.get(choice.workerId) : undefined;
      }
      case 'random':
        return this.#workers[Math.floor(this.#random() * this.#workers.length)];
      case 'round robin':
        return this.#workers[Number(one.id.slice(1)) % this.#workers.length];
      case 'one machine':
        return this.#workers[0];
      default:
        return this.#options.policy satisfies never;
    }
  }

  /** Most requests of one worker: half of its slots, or a quarter above the mean. */
  #bound(): number {
    const { slots, workers } = this.#options;
    return Math.max(Math.ceil(slots / 2), Math.ceil((1.25 * (this.#running.length + 1)) / workers));
  }

  /** Some answer ends; short ones and long ones alike. */
  #finishOne(): void {
    const place = Math.floor(this.#random() * this.#running.length);
    const done = this.#running[place];
    const last = this.#running.pop();
    if (done === undefined || last === undefined) return;
    if (done !== last) this.#running[place] = last;
    done.router?.finished(done.id, true);
    done.worker.running.delete(done.id);
    done.turn.answered();
  }

  #announce({ id, cache, running }: SimulatedWorker): void {
    if (this.#options.policy !== 'prefix') return;
    const { slots } = this.#options;
    const view = worker(id, { slots, requests: running.size, digest: new Set(cache.names) });
    for (const router of this.#routers) router.announce(view);
  }

  #join(): void {
    this.#born += 1;
    const cache = new SimulatedCache(this.#options.capacity);
    const born: SimulatedWorker = { id: `worker-${this.#born}`, cache, running: new Set() };
    this.#workers.push(born);
    this.#byId.set(born.id, born);
    this.#announce(born);
  }

  /** What it worked on is lost; the sessions ask again. */
  #replaceOne(): void {
    const place = Math.floor(this.#random() * this.#workers.length);
    const [dead] = this.#workers.splice(place, 1);
    if (dead === undefined) return;
    this.#byId.delete(dead.id);
    for (const router of this.#routers) router.leave(dead.id);
    const kept = this.#running.filter(({ worker: at }) => at !== dead);
    for (const { worker: at, turn } of this.#running) if (at === dead) turn.answered();
    this.#running.splice(0, this.#running.length, ...kept);
    this.#join();
  }
}
