import { EngineClientError } from '@mlx/schemas';
import type { ModelHandle, ModelState } from '@mlx/schemas';
import type { CallScope } from '../support/call-scope.js';
import type { LoadPlan } from './load-plan.js';
import type { LoadedModel } from './load-model.js';
import { toModelHandle } from './model-handle.js';

/** A model the engine knows, from the moment its load begins, and the calls that use it. */
export class ManagedModel {
  readonly plan: LoadPlan;
  readonly #defaultContextLength: number;
  readonly #calls = new Set<CallScope>();
  #state: ModelState = 'loading';
  #loaded: LoadedModel | undefined;

  constructor(plan: LoadPlan, defaultContextLength: number) {
    this.plan = plan;
    this.#defaultContextLength = defaultContextLength;
  }

  get id(): string {
    return this.plan.descriptor.id;
  }

  get state(): ModelState {
    return this.#state;
  }

  get loaded(): LoadedModel | undefined {
    return this.#loaded;
  }

  get handle(): ModelHandle {
    return toModelHandle({
      descriptor: this.plan.descriptor,
      state: this.#state,
      path: this.#loaded?.path,
      loaded: this.#loaded?.loaded,
      defaultContextLength: this.#defaultContextLength,
    });
  }

  becomeReady(loaded: LoadedModel): void {
    this.#loaded = loaded;
    this.#state = 'ready';
  }

  /** Ties a call to the model: unloading ends it. The returned function unties it. */
  use(call: CallScope): () => void {
    this.#calls.add(call);
    return () => this.#calls.delete(call);
  }

  /** Ends the calls that use the model, then its process. */
  async close(): Promise<void> {
    const reason = new EngineClientError('ModelNotLoaded', `The model '${this.id}' was unloaded.`);
    for (const call of this.#calls) call.abort(reason);
    await this.#loaded?.process.stop();
  }
}
