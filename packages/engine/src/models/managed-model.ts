import { EngineClientError } from '@mlx/schemas';
import type { ModelHandle, ModelState } from '@mlx/schemas';
import { AdapterShelf, type AdapterInfo, type AdapterSource } from './adapter-shelf.js';
import { DraftSlot } from './draft-slot.js';
import type { EngineSettings } from '../settings.js';
import type { ModelProcess, OfferedAdapter } from '../runner/model-process.js';
import type { LoadProgress } from '../runner/runner.js';
import type { CallScope } from '../support/call-scope.js';
import { KEEP_FOREVER, KeepAlive } from './keep-alive.js';
import type { KeepOptions } from './known-models.js';
import { RestartTrace } from '../tracing/restart-trace.js';
import type { LoadPlan } from './load-plan.js';
import type { ModelFacts, ModelUse } from './model-facts.js';
import { toModelHandle } from './model-handle.js';
import { Trials } from '../generation/trials.js';
import { newCounters } from './request-counters.js';

type Settings = Pick<EngineSettings, 'defaultContextLength' | 'trackUse'>;

export interface ManagedModelOptions {
  readonly plan: LoadPlan;
  readonly settings: Settings;
  /** Told when the last call that uses the model has ended. */
  readonly onIdle: (model: ManagedModel) => void;
  /** Told when it was not used for as long as it was to be kept. */
  readonly onExpired: (model: ManagedModel) => void;
  readonly keep: KeepOptions;
  /** Default: those of the plan. */
  readonly adapters?: readonly AdapterSource[] | undefined;
}

/** A model in memory, from the moment its load begins, and the calls that use it. */
export class ManagedModel {
  readonly plan: LoadPlan;
  readonly use: ModelUse;
  readonly counters = newCounters();
  readonly trials = new Trials();
  readonly drafts = new DraftSlot();
  readonly adapters: AdapterShelf;
  readonly keepAlive: KeepAlive;
  readonly restarts: RestartTrace;
  facts: ModelFacts | undefined;
  /** The latest sign of life of a load that is under way. */
  progress: LoadProgress | undefined;
  /** Never makes room for others. */
  pinned: boolean;
  readonly #settings: Settings;
  readonly #onIdle: (model: ManagedModel) => void;
  readonly #calls = new Set<CallScope>();
  /** Calls that only look at it. */
  readonly #lookers = new Set<CallScope>();
  readonly #endings: (() => void)[] = [];
  readonly #idleWaiters: (() => void)[] = [];
  #process: ModelProcess | undefined;

  constructor(options: ManagedModelOptions) {
    const { plan, settings, onIdle, onExpired, keep, adapters = plan.adapters } = options;
    this.plan = plan;
    this.adapters = new AdapterShelf(adapters);
    this.restarts = new RestartTrace(plan.descriptor.id);
    this.#settings = settings;
    this.#onIdle = onIdle;
    this.pinned = keep.pinned ?? false;
    this.keepAlive = new KeepAlive(keep.keepAliveMs ?? KEEP_FOREVER, () => onExpired(this));
    const now = performance.now();
    this.use = { loadedAt: now, lastUsedAt: now, calls: 0 };
  }

  get id(): string {
    return this.plan.descriptor.id;
  }

  /** Undefined until the model's files are here. */
  get process(): ModelProcess | undefined {
    return this.#process;
  }

  get state(): ModelState {
    if (this.facts === undefined) return 'loading';
    const { state } = this.#process ?? {};
    return state === 'ready' || state === 'failed' ? state : 'loading';
  }

  /** Adapters that requests may name. */
  get adapterNames(): readonly string[] {
    const { all, wanted } = this.adapters;
    const own = this.facts === undefined ? wanted : all;
    return [...new Set([...own, ...this.#offered].map(({ name }) => name))];
  }

  get adapterInfos(): AdapterInfo[] {
    const { path = '' } = this.facts ?? {};
    const offered = this.#offered.map((each) => ({ ...each, model: this.id, path }));
    return [...this.adapters.infos(this.id), ...offered];
  }

  /** Why it sees no images; undefined: it sees them, or nothing is known of it yet. */
  get blindness(): string | undefined {
    const { blindness } = this.facts?.loaded.capabilities ?? {};
    if (blindness === undefined || this.#process?.offer?.().vision === true) return undefined;
    return blindness;
  }

  get #offered(): readonly OfferedAdapter[] {
    return this.#process?.offer?.().adapters ?? [];
  }

  get idle(): boolean {
    return this.state !== 'loading' && this.#calls.size === 0;
  }

  /** Calls that use it now. */
  get activeCalls(): number {
    return this.#calls.size;
  }

  get handle(): ModelHandle {
    return toModelHandle({
      descriptor: this.plan.descriptor,
      state: this.state,
      facts: this.facts,
      use: this.#settings.trackUse ? this.use : undefined,
      defaultContextLength: this.#settings.defaultContextLength,
    });
  }

  runIn(process: ModelProcess): void {
    this.#process = process;
  }

  /** Ties a call to the model: unloading ends it. The returned function unties it. */
  hold(call: CallScope): () => void {
    this.use.calls += 1;
    this.use.lastUsedAt = performance.now();
    this.keepAlive.used();
    this.#calls.add(call);
    return () => {
      if (!this.#calls.delete(call)) return;
      this.use.lastUsedAt = performance.now();
      if (this.#calls.size > 0) return;
      if (this.facts !== undefined) this.keepAlive.unused();
      this.#left();
      this.#onIdle(this);
    };
  }

  /** The same for a call that only looks at the model, which is no use of it. */
  watch(call: CallScope): () => void {
    this.#lookers.add(call);
    return () => {
      if (this.#lookers.delete(call)) this.#left();
    };
  }

  /** What callers say of how long it stays. */
  keep({ keepAliveMs, pinned }: KeepOptions): void {
    if (keepAliveMs !== undefined) this.keepAlive.set(keepAliveMs);
    if (pinned !== undefined) this.pinned = pinned;
  }

  /** Resolves when no call uses it, or looks at it, any more, or nobody is to wait for that. */
  async whenIdle(): Promise<void> {
    if (this.#isAlone) return;
    await new Promise<void>((resolve) => {
      this.#idleWaiters.push(resolve);
    });
  }

  /** Whoever waits for it to be idle goes on. */
  stopWaiting(): void {
    for (const resolve of this.#idleWaiters.splice(0)) resolve();
  }

  /** Something to end together with the model. */
  onClose(end: () => void): void {
    this.#endings.push(end);
  }

  /** Ends the calls that use the model, then its process. */
  async close(): Promise<void> {
    for (const end of this.#endings.splice(0)) end();
    this.restarts.ended();
    this.drafts.detach();
    this.adapters.clear();
    this.keepAlive.used();
    const reason = new EngineClientError('ModelNotLoaded', `The model '${this.id}' was unloaded.`);
    for (const call of [...this.#calls, ...this.#lookers]) call.abort(reason);
    await this.#process?.stop();
  }

  get #isAlone(): boolean {
    return this.#calls.size + this.#lookers.size === 0;
  }

  #left(): void {
    if (this.#isAlone) this.stopWaiting();
  }
}
