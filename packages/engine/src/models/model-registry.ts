import type { EngineClientError, ModelHandle } from '@mlx/schemas';
import type { EngineEmitter } from '../events/engine-emitter.js';
import type { RuntimeStatusTracker } from '../events/runtime-status.js';
import type { LoadProgress, Runner } from '../runner/runner.js';
import type { EngineSettings } from '../settings.js';
import {
  invalidParameter,
  modelNotLoaded,
  shuttingDown,
  toEngineError,
} from '../support/errors.js';
import { SharedTask } from '../support/shared-task.js';
import { loadModel, type LoadedModel } from './load-model.js';
import { requireSamePlan, type LoadPlan } from './load-plan.js';
import { ManagedModel } from './managed-model.js';

export interface ModelRegistryOptions {
  readonly runner: Runner;
  readonly settings: EngineSettings;
  readonly events: EngineEmitter;
  readonly status: RuntimeStatusTracker;
}

export interface LoadOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: LoadProgress) => void;
}

interface Entry {
  readonly model: ManagedModel;
  readonly load: SharedTask<LoadedModel>;
  readonly progressListeners: Set<(progress: LoadProgress) => void>;
}

/** The models of one engine by id; loads each of them once, however many ask for it. */
export class ModelRegistry {
  readonly #runner: Runner;
  readonly #settings: EngineSettings;
  readonly #events: EngineEmitter;
  readonly #status: RuntimeStatusTracker;
  readonly #entries = new Map<string, Entry>();
  #closed = false;

  constructor({ runner, settings, events, status }: ModelRegistryOptions) {
    this.#runner = runner;
    this.#settings = settings;
    this.#events = events;
    this.#status = status;
  }

  get models(): ManagedModel[] {
    return [...this.#entries.values()].map(({ model }) => model);
  }

  /** A model that can serve. */
  ready(id: string): ManagedModel & { loaded: LoadedModel } {
    const model = this.known(id);
    if (model.loaded === undefined) throw modelNotLoaded(id, this.#readyIds());
    return model as ManagedModel & { loaded: LoadedModel };
  }

  /** The model meant where none is named. */
  only(): ManagedModel {
    const ids = this.#readyIds();
    const [id] = ids;
    if (id !== undefined && ids.length === 1) return this.known(id);
    throw invalidParameter('model', `Name one of the loaded models: ${ids.join(', ') || 'none'}`);
  }

  /** A model in any state. */
  known(id: string): ManagedModel {
    if (this.#closed) throw shuttingDown();
    const entry = this.#entries.get(id);
    if (entry === undefined) throw modelNotLoaded(id, this.#readyIds());
    return entry.model;
  }

  async load(plan: LoadPlan, { signal, onProgress }: LoadOptions): Promise<ModelHandle> {
    if (this.#closed) throw shuttingDown();
    const entry = this.#joinable(plan.descriptor.id) ?? this.#begin(plan);
    requireSamePlan(entry.model.plan, plan);
    if (onProgress) entry.progressListeners.add(onProgress);
    try {
      await entry.load.join(signal);
    } finally {
      if (onProgress) entry.progressListeners.delete(onProgress);
    }
    return entry.model.handle;
  }

  async unload(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw modelNotLoaded(id, this.#readyIds());
    this.#entries.delete(id);
    entry.load.cancel(modelNotLoaded(id, []));
    await entry.load.settled();
    await entry.model.close();
    this.#events.announce('model:unloaded', { model: id });
    this.#updateStatus();
  }

  /** Unloads everything and takes nothing new. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#entries.keys()].map((id) => this.unload(id)));
  }

  /** A load that everyone gave up is still ending; the next caller starts anew. */
  #joinable(id: string): Entry | undefined {
    const entry = this.#entries.get(id);
    return entry?.load.cancelled ? undefined : entry;
  }

  #begin(plan: LoadPlan): Entry {
    const { id } = plan.descriptor;
    const model = new ManagedModel(plan, this.#settings.defaultContextLength);
    const progressListeners: Entry['progressListeners'] = new Set();
    const onProgress = (progress: LoadProgress) => {
      for (const listener of progressListeners) listener(progress);
    };
    const load = new SharedTask(async (signal) => {
      try {
        const loaded = await loadModel(plan, this.#runner, this.#settings, { signal, onProgress });
        model.becomeReady(loaded);
        this.#announceLoaded(plan, loaded);
        this.#updateStatus();
        return loaded;
      } catch (thrown) {
        this.#forgetFailed(model, toEngineError(thrown));
        throw thrown;
      }
    });
    const entry = { model, load, progressListeners };
    this.#entries.set(id, entry);
    this.#updateStatus();
    return entry;
  }

  #forgetFailed(model: ManagedModel, error: EngineClientError): void {
    if (this.#entries.get(model.id)?.model === model) this.#entries.delete(model.id);
    this.#events.announceError(error, { model: model.id, method: 'loadModel' });
    if (this.#entries.size === 0 && !this.#closed) this.#status.set('error');
    else this.#updateStatus();
  }

  #updateStatus(): void {
    this.#status.update(this.models.map(({ state }) => state));
  }

  #announceLoaded(plan: LoadPlan, { path, loaded }: LoadedModel): void {
    this.#events.announce('model:loaded', {
      model: plan.descriptor.id,
      modelPath: path,
      quantization: plan.quantization,
      parameters: { weights: loaded.capabilities.weights, loadMs: loaded.loadMs },
    });
  }

  #readyIds(): string[] {
    return this.models.filter(({ state }) => state === 'ready').map(({ id }) => id);
  }
}
