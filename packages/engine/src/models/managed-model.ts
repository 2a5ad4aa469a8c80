import type { Supervisor } from '@mlx/bridge';
import { EngineClientError } from '@mlx/schemas';
import type { ModelHandle, ModelState } from '@mlx/schemas';
import { DraftSlot } from './draft-slot.js';
import type { EngineSettings } from '../settings.js';
import type { CallScope } from '../support/call-scope.js';
import type { LoadPlan } from './load-plan.js';
import type { ModelFacts, ModelUse } from './model-facts.js';
import { toModelHandle } from './model-handle.js';
import { newCounters } from './request-counters.js';

/** A model the engine knows, from the moment its load begins, and the calls that use it. */
export class ManagedModel {
  readonly plan: LoadPlan;
  readonly use: ModelUse;
  readonly counters = newCounters();
  readonly drafts = new DraftSlot();
  facts: ModelFacts | undefined;
  readonly #settings: Pick<EngineSettings, 'defaultContextLength' | 'trackUse'>;
  readonly #onIdle: () => void;
  readonly #calls = new Set<CallScope>();
  readonly #endings: (() => void)[] = [];
  #process: Supervisor | undefined;

  /** @param onIdle called when the last call that uses the model has ended */
  constructor(
    plan: LoadPlan,
    settings: Pick<EngineSettings, 'defaultContextLength' | 'trackUse'>,
    onIdle: () => void,
  ) {
    this.plan = plan;
    this.#settings = settings;
    this.#onIdle = onIdle;
    const now = performance.now();
    this.use = { loadedAt: now, lastUsedAt: now, calls: 0 };
  }

  get id(): string {
    return this.plan.descriptor.id;
  }

  /** Undefined until the model's files are here. */
  get process(): Supervisor | undefined {
    return this.#process;
  }

  get state(): ModelState {
    if (this.facts === undefined) return 'loading';
    const { state } = this.#process ?? {};
    return state === 'ready' || state === 'failed' ? state : 'loading';
  }

  get idle(): boolean {
    return this.state !== 'loading' && this.#calls.size === 0;
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

  runIn(process: Supervisor): void {
    this.#process = process;
  }

  /** Ties a call to the model: unloading ends it. The returned function unties it. */
  hold(call: CallScope): () => void {
    this.#calls.add(call);
    this.use.calls += 1;
    this.use.lastUsedAt = performance.now();
    return () => {
      this.#calls.delete(call);
      this.use.lastUsedAt = performance.now();
      if (this.#calls.size === 0) this.#onIdle();
    };
  }

  /** Something to end together with the model. */
  onClose(end: () => void): void {
    this.#endings.push(end);
  }

  /** Ends the calls that use the model, then its process. */
  async close(): Promise<void> {
    for (const end of this.#endings.splice(0)) end();
    this.drafts.detach();
    const reason = new EngineClientError('ModelNotLoaded', `The model '${this.id}' was unloaded.`);
    for (const call of this.#calls) call.abort(reason);
    await this.#process?.stop();
  }
}
