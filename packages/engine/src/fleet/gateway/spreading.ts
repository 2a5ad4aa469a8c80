import { HotModels } from '../placing/hot-models.js';
import { Surplus } from '../placing/surplus.js';
import { whereToSpread, type Spread } from '../placing/where-to-spread.js';
import type { Fleet } from './fleet.js';
import type { RemoteModels } from './remote-models.js';
import { unloadAt } from './unload-at.js';

/** Looks for each time that a model has to be hot. */
const LOOKS = 8;
/** A worker that could not load the model is not asked again so soon. */
const FORGIVEN_AFTER_MS = 60_000;

/** Has one more worker load a model whose workers have had no place left for a while. */
export class Spreading {
  readonly #fleet: Fleet;
  readonly #model: string;
  readonly #remotes: RemoteModels;
  readonly #hot: HotModels;
  readonly #surplus = new Surplus();
  readonly #failed = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #life = new AbortController();
  #asking = false;

  constructor(fleet: Fleet, model: string, remotes: RemoteModels) {
    this.#fleet = fleet;
    this.#model = model;
    this.#remotes = remotes;
    this.#hot = new HotModels({ afterMs: fleet.options.spreadAfterMs });
  }

  begin(): void {
    const { spreadAfterMs } = this.#fleet.options;
    if (spreadAfterMs === 0 || this.#timer !== undefined) return;
    this.#life = new AbortController();
    this.#timer = setInterval(() => this.#look(), Math.max(10, spreadAfterMs / LOOKS));
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#life.abort();
  }

  #look(): void {
    const { roster, dispatcher } = this.#fleet;
    const now = performance.now();
    const { workers } = roster;
    this.#surplus.look(workers, now);
    const isHot = this.#hot.isHot(this.#model, dispatcher.pressure(this.#model), now);
    if (!isHot || this.#asking) return;
    for (const [worker, at] of this.#failed) {
      if (now - at > FORGIVEN_AFTER_MS) this.#failed.delete(worker);
    }
    const failed = new Set(this.#failed.keys());
    const spread = whereToSpread(this.#model, { workers, surplus: this.#surplus, now, failed });
    if (spread !== undefined) void this.#carryOut(spread);
  }

  async #carryOut({ worker, unload }: Spread): Promise<void> {
    this.#asking = true;
    try {
      for (const model of unload) await unloadAt(this.#fleet.bus, worker.worker, model);
      await this.#remotes.loadAt(worker, this.#life.signal);
      this.#hot.spread(this.#model, performance.now());
    } catch {
      // It is hot still, and the next look finds another one.
      this.#failed.set(worker.worker, performance.now());
    } finally {
      this.#asking = false;
    }
  }
}
