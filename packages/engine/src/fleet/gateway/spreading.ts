import type { Announcement, FleetOptions } from '@mlx/schemas/fleet';
import type { Bus } from '../nats/bus.js';
import { HotModels } from '../placing/hot-models.js';
import { Surplus } from '../placing/surplus.js';
import type { Needs } from '../placing/where-to-load.js';
import { whereToSpread, type Spread } from '../placing/where-to-spread.js';
import type { Dispatcher, Pressure } from '../routing/index.js';
import type { Roster } from './roster.js';
import { unloadAt } from './unload-at.js';

/** Looks for each time that a model has to be hot. */
const LOOKS = 8;
/** A worker that could not load the model is not asked again so soon. */
const FORGIVEN_AFTER_MS = 60_000;
/** What runs on its workers does not matter while nobody waits for them. */
const CALM: Pressure = { load: 0, slots: 0 };

/** Has a worker load the model; rejects where it does not. */
type LoadAt = (worker: Announcement, signal: AbortSignal) => Promise<unknown>;

interface SpreadingOptions {
  readonly bus: Bus;
  readonly roster: Roster;
  readonly dispatcher: Dispatcher;
  readonly options: Pick<FleetOptions, 'spreadAfterMs'>;
}

/** A model that this gateway asks for. */
interface Watched {
  readonly loadAt: LoadAt;
  readonly life: AbortController;
  /** Workers that could not load it, and when. */
  readonly failed: Map<string, number>;
  asking: boolean;
}

/** Has one more worker load a model whose workers, or those with an adapter of it, have had no place left for a while. */
export class Spreading {
  readonly #fleet: SpreadingOptions;
  readonly #hot: HotModels;
  readonly #surplus = new Surplus();
  readonly #watched = new Map<string, Watched>();
  #timer: NodeJS.Timeout | undefined;

  constructor(fleet: SpreadingOptions) {
    this.#fleet = fleet;
    this.#hot = new HotModels({ afterMs: fleet.options.spreadAfterMs });
  }

  begin(model: string, loadAt: LoadAt): void {
    const { spreadAfterMs } = this.#fleet.options;
    if (spreadAfterMs === 0) return;
    this.end(model);
    const life = new AbortController();
    this.#watched.set(model, { loadAt, life, failed: new Map(), asking: false });
    this.#timer ??= setInterval(() => this.#look(), Math.max(10, spreadAfterMs / LOOKS));
  }

  end(model: string): void {
    this.#watched.get(model)?.life.abort();
    this.#watched.delete(model);
    this.#hot.forget(model);
    if (this.#watched.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const { roster } = this.#fleet;
    const now = performance.now();
    this.#surplus.look(roster.workers, now);
    for (const [model, watched] of this.#watched) {
      const hot = this.#hotNeeds(model, now);
      if (watched.asking) continue;
      for (const [worker, at] of watched.failed) {
        if (now - at > FORGIVEN_AFTER_MS) watched.failed.delete(worker);
      }
      const [spread] = hot.flatMap((needs) => this.#spreadOf(model, needs, watched, now) ?? []);
      if (spread !== undefined) void this.#carryOut(model, spread, watched);
    }
  }

  /** Of requests that have had no place for long: of any kind, or for one of the adapters. */
  #hotNeeds(model: string, now: number): Needs[] {
    const { roster, dispatcher } = this.#fleet;
    const needs: Needs[] = [];
    if (this.#hot.isHot(model, dispatcher.pressure(model), now)) needs.push({});
    const waiting = dispatcher.waitingByAdapter(model);
    for (const { name } of roster.offer(model).adapters) {
      const count = waiting.get(name) ?? 0;
      const { load, slots } = count === 0 ? CALM : dispatcher.adapterPressure(model, name);
      const isHot = this.#hot.isHot(model, { load: load + count, slots }, now, name);
      if (isHot) needs.push({ adapter: name });
    }
    return needs;
  }

  #spreadOf(model: string, needs: Needs, { failed }: Watched, now: number): SpreadFor | undefined {
    const { workers } = this.#fleet.roster;
    const situation = { workers, surplus: this.#surplus, now, failed: new Set(failed.keys()) };
    const spread = whereToSpread(model, { ...situation, needs });
    return spread && { ...spread, needs };
  }

  async #carryOut(model: string, spread: SpreadFor, watched: Watched): Promise<void> {
    const { worker, unload, needs } = spread;
    watched.asking = true;
    try {
      for (const other of unload) await unloadAt(this.#fleet.bus, worker.worker, other);
      await watched.loadAt(worker, watched.life.signal);
      const now = performance.now();
      this.#hot.spread(model, now);
      if (needs.adapter !== undefined) this.#hot.spread(model, now, needs.adapter);
    } catch {
      // It is hot still, and the next look finds another one.
      watched.failed.set(worker.worker, performance.now());
    } finally {
      watched.asking = false;
    }
  }
}

type SpreadFor = Spread & { readonly needs: Needs };
