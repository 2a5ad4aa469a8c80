import {
  addCounters,
  GuardedEmitter,
  newCounters,
  newCrashCounts,
  type GenerateRequest,
  type RequestOptions,
  type SidecarMethod,
  type SupervisorEvents,
  type SupervisorState,
  type SupervisorStats,
} from '@mlx/bridge';
import { cancelledError } from '@mlx/schemas';
import type { WireParams, WireResult } from '@mlx/schemas/wire';
import { isCrash } from '../../generation/recovery.js';
import type { ModelLink, ModelProcess, Offer, OnProcessStart } from '../../runner/model-process.js';
import { addStats } from '../../stats/add-stats.js';
import { modelNotLoaded } from '../../support/errors.js';
import { canBeBroughtUp } from '../placing/where-to-load.js';
import type { Fleet } from './fleet.js';
import { FleetLink } from './fleet-link.js';
import { Placement } from './placement.js';
import { RemoteModels } from './remote-models.js';

/** All methods that workers answer may be asked twice. */
const ATTEMPTS = 3;

/** A model that runs on the workers of a fleet: to the engine, one process that hardly ever dies. */
export class FleetProcess extends GuardedEmitter<SupervisorEvents> implements ModelProcess {
  readonly #fleet: Fleet;
  readonly #model: string;
  readonly #onStart: OnProcessStart;
  readonly #remotes: RemoteModels;
  readonly #placement: Placement;
  readonly #ended = newCounters();
  readonly #crashes = newCrashCounts();
  #session = new AbortController();
  #state: SupervisorState = 'stopped';
  #failure: unknown;
  #losses = 0;

  constructor(fleet: Fleet, model: string, onStart: OnProcessStart) {
    super();
    this.#fleet = fleet;
    this.#model = model;
    this.#onStart = onStart;
    this.#remotes = new RemoteModels(fleet, model, {
      onProgress: (progress) => void this.emit('progress', progress),
      onEnd: (remote, reason) => {
        addCounters(this.#ended, remote.connection.counters);
        this.#crashes[reason] += 1;
      },
    });
    this.#placement = new Placement(fleet, model, this.#remotes);
  }

  get state(): SupervisorState {
    return this.#state;
  }

  get failure(): unknown {
    return this.#failure;
  }

  async start(): Promise<void> {
    if (this.#state !== 'stopped') return;
    await this.#begin();
  }

  async reset(): Promise<void> {
    if (this.#state === 'failed') await this.#begin();
  }

  async ready(signal?: AbortSignal, request?: GenerateRequest): Promise<ModelLink> {
    if (this.#state === 'failed') throw this.#failure;
    if (this.#state === 'stopped') throw modelNotLoaded(this.#model, []);
    const life = this.#session.signal;
    const whole = signal === undefined ? life : AbortSignal.any([signal, life]);
    if (request !== undefined) return this.#placement.place(request, whole);
    return new FleetLink(await this.#remotes.any(whole));
  }

  async request<M extends SidecarMethod>(
    method: M,
    params: WireParams<M>,
    options: RequestOptions = {},
  ): Promise<WireResult<M>> {
    if (method === 'stats') return (await this.#stats(options)) as WireResult<M>;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const link = await this.ready(options.signal);
        return await link.request(method, params, options);
      } catch (thrown) {
        if (attempt === ATTEMPTS || !isCrash(thrown)) throw thrown;
      }
    }
  }

  stats(): SupervisorStats {
    const connections = { ...this.#ended };
    for (const { connection } of this.#remotes.all) addCounters(connections, connection.counters);
    return {
      state: this.#state,
      restarts: this.#losses,
      restartReasons: { ...this.#crashes },
      crashes: { ...this.#crashes },
      spare: false,
      circuit: 'closed',
      sidecar: undefined,
      connections,
    };
  }

  offer(): Offer {
    return this.#fleet.roster.offer(this.#model);
  }

  async stop(): Promise<void> {
    if (this.#state === 'stopped') return;
    this.#fleet.spreading.end(this.#model);
    const error = cancelledError('The model is being unloaded');
    this.#fleet.roster.off('announced', this.#look).off('gone', this.#look);
    this.#session.abort(error);
    this.#remotes.close(error);
    this.#set('stopped');
  }

  async #begin(): Promise<void> {
    this.#session = new AbortController();
    const { signal } = this.#session;
    this.#set('starting');
    try {
      const remote = await this.#remotes.load(signal);
      await this.#onStart(new FleetLink(remote), { signal });
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      this.#failure = thrown;
      this.#set('failed');
      throw thrown;
    }
    this.#set('ready');
    this.#fleet.spreading.begin(this.#model, (worker, life) => this.#remotes.loadAt(worker, life));
    this.#fleet.roster.on('announced', this.#look).on('gone', this.#look);
  }

  /** Ready while some worker is, or would load it; what comes meanwhile waits a little for one. */
  readonly #look = (): void => {
    const { roster } = this.#fleet;
    const served = roster.isServed(this.#model) || canBeBroughtUp(this.#model, roster.workers);
    if (served && this.#state === 'restarting') this.#set('ready');
    if (served || this.#state !== 'ready') return;
    this.#losses += 1;
    this.#set('restarting');
    this.emit('restart', { reason: 'exit', attempt: this.#losses, delayMs: 0 });
  };

  /** Of all workers that have the model, as if they were one. */
  async #stats(options: RequestOptions): Promise<WireResult<'stats'>> {
    const serving = this.#remotes.serving();
    const each = await Promise.allSettled(
      serving.map((remote) => remote.request('stats', {}, options)),
    );
    return addStats(each.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
  }

  #set(state: SupervisorState): void {
    const previous = this.#state;
    this.#state = state;
    this.emit('state', state, previous);
  }
}
