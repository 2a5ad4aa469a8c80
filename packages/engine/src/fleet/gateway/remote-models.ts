import type { CrashReason } from '@mlx/bridge';
import { isEngineClientError, type EngineClientError } from '@mlx/schemas';
import type { Announcement } from '@mlx/schemas/fleet';
import type { WireProgress } from '@mlx/schemas/wire';
import { abortable } from '../../support/abortable.js';
import { canBeBroughtUp, whereToLoad, type Needs } from '../placing/where-to-load.js';
import type { Fleet } from './fleet.js';
import { modelAbsent, noWorker } from './errors.js';
import type { RemoteModel } from './remote-model.js';
import { untilHeard } from './until-heard.js';

/** How long the first word of workers is waited for, from the moment that somebody wants a model. */
const FIRST_WORD_MS = 3000;

interface Handlers {
  readonly onProgress: (progress: WireProgress) => void;
  readonly onEnd: (remote: RemoteModel, reason: CrashReason) => void;
}

/** One model on all workers that are used for it. */
export class RemoteModels {
  readonly #fleet: Fleet;
  readonly #model: string;
  readonly #handlers: Handlers;
  readonly #remotes = new Map<string, RemoteModel>();
  readonly #loads = new Map<string, Promise<RemoteModel>>();
  #life = new AbortController();

  constructor(fleet: Fleet, model: string, handlers: Handlers) {
    this.#fleet = fleet;
    this.#model = model;
    this.#handlers = handlers;
  }

  get all(): RemoteModel[] {
    return [...this.#remotes.values()];
  }

  /** The model on that worker; undefined where the worker is gone. */
  of(worker: string): RemoteModel | undefined {
    const known = this.#remotes.get(worker);
    if (known !== undefined) return known;
    const announcement = this.#fleet.roster.get(worker);
    return announcement === undefined ? undefined : this.#open(announcement);
  }

  /** On the workers that take requests for it now. */
  serving(): RemoteModel[] {
    return this.#fleet.roster
      .serving(this.#model)
      .flatMap(({ worker }) => this.of(worker.worker) ?? []);
  }

  /** On the worker with the least to do, waited for a little; rejects with a retryable error. */
  async any(signal: AbortSignal): Promise<RemoteModel> {
    const { roster, options, bus } = this.#fleet;
    const least = () => {
      const [first] = roster
        .serving(this.#model)
        .toSorted((left, right) => left.model.requests - right.model.requests);
      return first && this.of(first.worker.worker);
    };
    const found = await untilHeard(roster, least, options.waitForWorkerMs, signal);
    if (found === undefined) throw noWorker(this.#model, bus);
    return found;
  }

  /**
   * Has the model loaded for a request that nobody can answer now, where it can be; true: there is
   * somebody now. Requests that need the same wait for the same load, which goes on without them.
   */
  async bringUp(needs: Needs, signal: AbortSignal): Promise<boolean> {
    const { roster } = this.#fleet;
    if (roster.isServed(this.#model, needs)) return true;
    const key = needs.adapter ?? '';
    let load = this.#loads.get(key);
    if (load === undefined) {
      if (!canBeBroughtUp(this.#model, roster.workers, needs)) return false;
      load = this.load(this.#life.signal, needs).finally(() => this.#loads.delete(key));
      load.catch(() => undefined);
      this.#loads.set(key, load);
    }
    await abortable(load, signal);
    return true;
  }

  /** Where some worker has the model, or can load it; the first that manages to. */
  async load(signal: AbortSignal, needs: Needs = {}): Promise<RemoteModel> {
    const { roster, bus } = this.#fleet;
    const candidates = () => {
      const workers = whereToLoad(this.#model, roster.workers, needs);
      return workers.length === 0 ? undefined : workers;
    };
    const first = await untilHeard(roster, candidates, FIRST_WORD_MS, signal);
    if (first === undefined) {
      if (!bus.up) throw bus.fault();
      throw bus.refusal ?? modelAbsent(this.#model, roster.models);
    }
    // Where it is to be loaded is decided among all, so each gets to speak.
    if (!roster.isServed(this.#model, needs)) await this.#hearAll(signal);
    const workers = candidates() ?? first;
    let failure: unknown;
    for (const worker of workers) {
      try {
        return await this.loadAt(worker, signal);
      } catch (thrown) {
        if (signal.aborted || !mayWorkElsewhere(thrown)) throw thrown;
        failure = thrown;
      }
    }
    throw failure;
  }

  close(error: EngineClientError): void {
    this.#life.abort(error);
    this.#life = new AbortController();
    for (const remote of this.#remotes.values()) remote.close(error);
    this.#remotes.clear();
  }

  async #hearAll(signal: AbortSignal): Promise<void> {
    const { roster, options } = this.#fleet;
    await untilHeard(roster, () => undefined, 2 * options.heartbeatIntervalMs, signal);
  }

  /** Has that worker load it; resolves when it takes requests. */
  async loadAt({ worker }: Announcement, signal: AbortSignal): Promise<RemoteModel> {
    const remote = this.of(worker);
    if (remote === undefined) throw noWorker(this.#model, this.#fleet.bus);
    const { roster, bus } = this.#fleet;
    const announced = () =>
      roster.serving(this.#model).find((other) => other.worker.worker === worker);
    await abortable(announced() === undefined ? remote.load() : remote.facts(), signal);
    const isThere = await untilHeard(roster, announced, FIRST_WORD_MS, signal);
    if (isThere === undefined) throw noWorker(this.#model, bus);
    return remote;
  }

  #open(announcement: Announcement): RemoteModel {
    const { worker } = announcement;
    const remote = this.#fleet.openSession(announcement, {
      model: this.#model,
      onProgress: this.#handlers.onProgress,
      onEnd: (reason) => {
        if (this.#remotes.get(worker) === remote) this.#remotes.delete(worker);
        this.#handlers.onEnd(remote, reason);
      },
    });
    this.#remotes.set(worker, remote);
    return remote;
  }
}

/** Another worker may have the room, or the model, that this one lacks. */
function mayWorkElsewhere(thrown: unknown): boolean {
  return isEngineClientError(thrown) && (thrown.retryable || thrown.code === 'ModelNotLoaded');
}
