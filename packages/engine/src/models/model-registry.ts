import type { Supervisor } from '@mlx/bridge';
import type { EngineClientError, ModelHandle } from '@mlx/schemas';
import type { EngineOptions } from '../engine-options.js';
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
import { followProcess } from './follow-process.js';
import { loadModel } from './load-model.js';
import { surplus } from './eviction.js';
import { requireSamePlan, type LoadPlan } from './load-plan.js';
import { ManagedModel } from './managed-model.js';
import type { ModelFacts } from './model-facts.js';
import { loadInto, type ModelCapacity } from './model-capacity.js';
import { watchFiles } from './watch-files.js';

export interface ModelRegistryOptions {
  readonly runner: Runner;
  readonly settings: EngineSettings;
  readonly events: EngineEmitter;
  readonly status: RuntimeStatusTracker;
  readonly onLog: EngineOptions['onLog'];
}

export interface LoadOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: LoadProgress) => void;
}

interface Entry {
  readonly model: ManagedModel;
  load: SharedTask<void>;
  readonly progressListeners: Set<(progress: LoadProgress) => void>;
}

/** A model that was loaded; its process may just be coming back after a crash. */
export type LoadedModel = ManagedModel & {
  readonly process: Supervisor;
  readonly facts: ModelFacts;
};

/** The models of one engine by id; loads each of them once, however many ask for it. */
export class ModelRegistry {
  readonly #options: ModelRegistryOptions;
  readonly #entries = new Map<string, Entry>();
  #closed = false;

  constructor(options: ModelRegistryOptions) {
    this.#options = options;
  }

  get models(): ManagedModel[] {
    return [...this.#entries.values()].map(({ model }) => model);
  }

  loaded(id: string): LoadedModel {
    const model = this.known(id);
    if (model.facts === undefined) throw modelNotLoaded(id, this.#loadedIds);
    return model as LoadedModel;
  }

  /** A model in any state. */
  known(id: string): ManagedModel {
    this.#requireOpen();
    return this.#entry(id).model;
  }

  /** The model meant where none is named. */
  only(): ManagedModel {
    const ids = this.#loadedIds;
    const [id] = ids;
    if (id !== undefined && ids.length === 1) return this.known(id);
    throw invalidParameter('model', `Name one of the loaded models: ${ids.join(', ') || 'none'}`);
  }

  /** Loads the model, waits for its load, or gives a failed one a fresh start. */
  async load(plan: LoadPlan, { signal, onProgress }: LoadOptions): Promise<ModelHandle> {
    this.#requireOpen();
    const entry = this.#joinable(plan.descriptor.id) ?? this.#begin(plan);
    const { model, progressListeners } = entry;
    requireSamePlan(model.plan, plan);
    if (model.facts !== undefined && model.state !== 'ready') entry.load = comeBack(model);
    if (onProgress) progressListeners.add(onProgress);
    try {
      await entry.load.join(signal);
    } finally {
      if (onProgress) progressListeners.delete(onProgress);
    }
    return model.handle;
  }

  async unload(id: string): Promise<void> {
    const { model, load } = this.#entry(id);
    this.#entries.delete(id);
    load.cancel(modelNotLoaded(id, []));
    await load.settled();
    const draft = model.drafts.draft?.params.modelId;
    await model.close();
    if (draft !== undefined) this.#options.events.announce('model:unloaded', { model: draft });
    this.#options.events.announce('model:unloaded', { model: id });
    this.#updateStatus();
  }

  /** Unloads everything and takes nothing new. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#entries.keys()].map((id) => this.unload(id)));
  }

  get #loadedIds(): string[] {
    return this.models.filter(({ facts }) => facts !== undefined).map(({ id }) => id);
  }

  #requireOpen(): void {
    if (this.#closed) throw shuttingDown();
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw modelNotLoaded(id, this.#loadedIds);
    return entry;
  }

  /** A load that everyone gave up is still ending; the next caller starts anew. */
  #joinable(id: string): Entry | undefined {
    const entry = this.#entries.get(id);
    return entry?.load.cancelled ? undefined : entry;
  }

  #begin(plan: LoadPlan): Entry {
    const { id } = plan.descriptor;
    const model = new ManagedModel(plan, this.#options.settings, () => this.#unloadSurplus());
    const progressListeners: Entry['progressListeners'] = new Set();
    const onProgress = (progress: LoadProgress) => {
      for (const listener of progressListeners) listener(progress);
    };
    const load = new SharedTask((signal) => this.#load(model, signal, onProgress));
    const entry = { model, load, progressListeners };
    this.#entries.set(id, entry);
    this.#updateStatus();
    return entry;
  }

  async #load(
    model: ManagedModel,
    signal: AbortSignal,
    onProgress: (progress: LoadProgress) => void,
  ): Promise<void> {
    const { runner, settings, events, onLog } = this.#options;
    const onState = () => this.#updateStatus();
    const onProcess = (process: Supervisor) =>
      followProcess(model, process, { events, onLog, onState });
    const onDraftLost = (draft: string, error: EngineClientError) =>
      events.announceError(error, { model: draft, method: 'loadDraftModel' });
    try {
      await loadInto(this.#capacity, model, () =>
        loadModel(model, { runner, settings, signal, onProgress, onProcess, onDraftLost }),
      );
    } catch (thrown) {
      this.#forgetFailed(model, toEngineError(thrown));
      throw thrown;
    }
    this.#watchFiles(model);
    this.#unloadSurplus();
  }

  /** The model in memory goes on serving; whoever hears of the change may load it anew. */
  #watchFiles(model: ManagedModel): void {
    const { facts, id } = model;
    if (facts === undefined) return;
    const end = watchFiles(facts.path, (file) => {
      const reason = `${file} changed on disk`;
      this.#options.events.announce('model:invalidated', { model: id, reason });
    });
    model.onClose(end);
  }

  get #capacity(): ModelCapacity {
    const { maxLoadedModels, evictionStrategy } = this.#options.settings;
    return {
      models: () => this.models,
      unload: (id) => this.unload(id),
      maxModels: maxLoadedModels,
      strategy: evictionStrategy,
    };
  }

  #unloadSurplus(): void {
    const { settings, events } = this.#options;
    const rules = { maxIdle: settings.maxIdleModels, strategy: settings.evictionStrategy };
    for (const { id } of surplus(this.models, rules)) {
      this.unload(id).catch((thrown: unknown) => {
        events.announceError(toEngineError(thrown), { model: id, method: 'unloadModel' });
      });
    }
  }

  #forgetFailed(model: ManagedModel, error: EngineClientError): void {
    if (this.#entries.get(model.id)?.model === model) this.#entries.delete(model.id);
    this.#options.events.announceError(error, { model: model.id, method: 'loadModel' });
    if (this.#entries.size === 0 && !this.#closed) this.#options.status.set('error');
    else this.#updateStatus();
  }

  #updateStatus(): void {
    this.#options.status.update(this.models.map(({ state }) => state));
  }
}

/** Waits for a process that is being replaced; one that was given up gets a fresh start. */
function comeBack({ process }: ManagedModel): SharedTask<void> {
  return new SharedTask(async (signal) => {
    if (process?.state === 'failed') await process.reset();
    else await process?.ready(signal);
  });
}
