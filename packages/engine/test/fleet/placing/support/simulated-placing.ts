import type { Announcement } from '@mlx/schemas/fleet';
import { HotModels } from '../../../../src/fleet/placing/hot-models.js';
import { modelOf, roomOf } from '../../../../src/fleet/placing/room.js';
import { Surplus } from '../../../../src/fleet/placing/surplus.js';
import { whereToSpread } from '../../../../src/fleet/placing/where-to-spread.js';
import { Dispatcher } from '../../../../src/fleet/routing/index.js';
import { request, seededRandom } from '../../routing/support/views.js';
import { announcement, model } from './announcements.js';

export interface Demand {
  /** Requests a second, by the names of the models. */
  readonly rates: Readonly<Record<string, number>>;
  readonly seconds: number;
}

interface Options {
  readonly workers: number;
  readonly models: readonly string[];
  /** Models that a worker has memory for. */
  readonly places: number;
  readonly slots: number;
  /** How long an answer takes. */
  readonly answerMs: number;
  /** Asks nobody to load anything. */
  readonly still?: boolean;
}

export interface Outcome {
  /** Moments at which a worker began to load a model, in milliseconds. */
  readonly loads: readonly number[];
  readonly unloads: number;
  /** Most bytes that any worker had left, and was short of. */
  readonly leastRoom: number;
  /** Of the requests of each demand, the share that waited for more than a second. */
  readonly waited: readonly number[];
}

const STEP_MS = 250;
const LATE_MS = 1000;
const LOAD_MS = 5000;
const KEEP_ALIVE_MS = 300_000;
const SEED = 7;

/** Workers that load and let go of models for the demand of the hour; time is counted in steps. */
export class SimulatedPlacing {
  readonly #options: Options;
  readonly #random = seededRandom(SEED);
  readonly #dispatcher = new Dispatcher({ random: this.#random });
  readonly #hot = new HotModels({ afterMs: 2000 });
  readonly #surplus = new Surplus();
  readonly #workers: Announcement[];
  readonly #ends: { readonly at: number; readonly end: () => void }[] = [];
  readonly #usedAt = new Map<string, number>();
  readonly #loads: number[] = [];
  #unloads = 0;
  #leastRoom = Infinity;
  #now = 0;

  constructor(options: Options) {
    this.#options = options;
    const { workers, models, places } = options;
    const storedModels = models.map((id) => ({ id, memoryBytes: 10, adapters: [] }));
    this.#workers = Array.from({ length: workers }, (_, index) =>
      announcement(`w${index}`, {
        memoryBudgetBytes: 10 * places,
        storedModels,
        models: index < models.length ? [this.#model(models[index] ?? '')] : [],
      }),
    );
  }

  play(demands: readonly Demand[]): Outcome {
    const waited = demands.map((demand) => this.#serve(demand));
    return {
      loads: this.#loads,
      unloads: this.#unloads,
      leastRoom: this.#leastRoom,
      waited,
    };
  }

  #serve({ rates, seconds }: Demand): number {
    const until = this.#now + seconds * 1000;
    let [asked, late] = [0, 0];
    while (this.#now < until) {
      this.#now += STEP_MS;
      for (const { end } of this.#takeEnded()) end();
      for (const worker of this.#workers) this.#announce(worker);
      for (const [id, rate] of Object.entries(rates)) {
        for (let left = (rate * STEP_MS) / 1000; left > this.#random(); left -= 1) {
          asked += 1;
          this.#ask(id, () => (late += 1));
        }
      }
      if (this.#options.still !== true) for (const id of this.#options.models) this.#spread(id);
    }
    return late / asked;
  }

  #ask(id: string, onLate: () => void): void {
    const one = request({ model: id });
    let waits = true;
    this.#later(LATE_MS, () => waits && onLate());
    this.#dispatcher.submit(one, (choice) => {
      waits = false;
      if (choice.type !== 'placed') return;
      const worker = this.#workers.find(({ worker: name }) => name === choice.workerId);
      const used = worker && modelOf(worker, id);
      if (used) used.requests += 1;
      this.#usedAt.set(`${choice.workerId} ${id}`, this.#now);
      this.#later(this.#options.answerMs * (0.5 + this.#random()), () => {
        if (used) used.requests -= 1;
        this.#dispatcher.finished(one.id, true);
      });
    });
  }

  #spread(id: string): void {
    this.#surplus.look(this.#workers, this.#now);
    if (!this.#hot.isHot(id, this.#dispatcher.pressure(id), this.#now)) return;
    const situation = { workers: this.#workers, surplus: this.#surplus, now: this.#now };
    const spread = whereToSpread(id, { ...situation, failed: new Set() });
    if (spread === undefined) return;
    const { worker } = spread;
    for (const leaving of spread.unload) this.#unload(worker, leaving);
    const loading = this.#model(id, { ready: false });
    worker.models.push(loading);
    this.#loads.push(this.#now);
    this.#leastRoom = Math.min(this.#leastRoom, roomOf(worker));
    this.#later(LOAD_MS, () => {
      loading.ready = true;
      this.#usedAt.set(`${worker.worker} ${id}`, this.#now);
      this.#hot.spread(id, this.#now);
    });
  }

  /** What was not used for long leaves by itself, but for the first of each. */
  #announce(worker: Announcement): void {
    const expired = worker.models.filter(({ id, ready, requests, onDemand }) => {
      const usedAt = this.#usedAt.get(`${worker.worker} ${id}`) ?? this.#now;
      return ready && onDemand && requests === 0 && this.#now - usedAt > KEEP_ALIVE_MS;
    });
    for (const { id } of expired) this.#unload(worker, id);
    const { worker: id, draining, models } = worker;
    const views = models.map((each) => ({ ...each, adapters: undefined }));
    this.#dispatcher.announce({ id, draining, models: views });
  }

  #unload(worker: Announcement, id: string): void {
    worker.models.splice(
      worker.models.findIndex((each) => each.id === id),
      1,
    );
    this.#unloads += 1;
  }

  #later(ms: number, end: () => void): void {
    this.#ends.push({ at: this.#now + ms, end });
  }

  #takeEnded(): { readonly end: () => void }[] {
    const due = this.#ends.filter(({ at }) => at <= this.#now);
    this.#ends.splice(0, this.#ends.length, ...this.#ends.filter(({ at }) => at > this.#now));
    return due;
  }

  #model(id: string, changes: Parameters<typeof model>[1] = {}) {
    return model(id, { slots: this.#options.slots, onDemand: 'ready' in changes, ...changes });
  }
}
