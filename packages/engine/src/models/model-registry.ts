import type { EngineClientError, ModelHandle } from '@mlx/schemas';
import type { RuntimeStatusTracker } from '../events/runtime-status.js';
import type { LoadProgress } from '../runner/runner.js';
import type { CallScope } from '../support/call-scope.js';
import {
  ambiguousModel,
  modelNotLoaded,
  noModelLoaded,
  shuttingDown,
  toEngineError,
} from '../support/errors.js';
import { SharedTask } from '../support/shared-task.js';
import { surplus } from './eviction.js';
import { KnownModels, type KeepOptions } from './known-models.js';
import type { AcquireRequest, BeginOptions, LoadOptions } from './load-requests.js';
import { requireSamePlan, type LoadPlan } from './load-plan.js';
import { LeavingModels } from './leaving-models.js';
import type { HeldModel, LoadedModel } from './loaded-model.js';
import { ManagedModel } from './managed-model.js';
import { comeBack, join, type ModelEntry } from './model-entry.js';
import { ModelLoader, type LoaderServices } from './model-loader.js';
import { ModelNames } from './model-names.js';
import { ModelRoom } from './model-room.js';
import { Replacements } from './replacements.js';

interface ModelRegistryOptions extends LoaderServices {
  readonly status: RuntimeStatusTracker;
}

/** The models of one engine by id; loads each of them once, however many ask for it. */
export class ModelRegistry {
  readonly room: ModelRoom;
  readonly knownModels: KnownModels;
  readonly names: ModelNames;
  readonly #options: ModelRegistryOptions;
  readonly #loader: ModelLoader;
  readonly #entries = new Map<string, ModelEntry>();
  readonly #replacements: Replacements;
  readonly #leaving = new LeavingModels();
  #closed = false;

  constructor(options: ModelRegistryOptions) {
    const { runner, settings } = options;
    this.#options = options;
    this.knownModels = new KnownModels(runner, settings);
    this.names = new ModelNames(() => [
      ...this.models.map(({ plan }) => plan),
      ...this.knownModels.plans,
    ]);
    this.room = new ModelRoom({
      maxModels: settings.maxLoadedModels,
      budgetBytes: settings.memoryBudgetBytes,
      strategy: settings.evictionStrategy,
      retire: (model) => this.#leave(model),
    });
    this.#loader = new ModelLoader({
      ...options,
      room: this.room,
      onState: () => this.#updateStatus(),
      onFilesChanged: (model) => this.#replace(model),
    });
    this.#replacements = new Replacements(this.#loader, this.room);
  }

  get models(): ManagedModel[] {
    return [...this.#entries.values()].map(({ model }) => model);
  }

  loaded(name: string): LoadedModel {
    const model = this.known(name);
    if (model.facts === undefined) throw modelNotLoaded(name, this.#loadedIds);
    return model as LoadedModel;
  }

  isLoaded(name: string): boolean {
    return this.#entries.get(this.names.idOf(name))?.model.facts !== undefined;
  }

  /** A model in any state. */
  known(name: string): ManagedModel {
    this.#requireOpen();
    return this.#entry(this.names.idOf(name)).model;
  }

  /** The model meant where none is named. */
  only(): ManagedModel {
    this.#requireOpen();
    const ids = this.#loadedIds;
    const [id] = ids;
    if (id !== undefined && ids.length === 1) return this.known(id);
    throw ids.length === 0 ? noModelLoaded() : ambiguousModel(ids);
  }

  /** Loads the model, waits for its load, or gives a failed one a fresh start. */
  async load(
    wanted: LoadPlan,
    { signal, onProgress, keep = {} }: LoadOptions,
  ): Promise<ModelHandle> {
    this.#requireOpen();
    const plan = this.names.named(wanted);
    const { id } = plan.descriptor;
    const entry = this.#joinable(id) ?? this.#begin(plan, { keep, onDemand: false });
    const { model } = entry;
    requireSamePlan(model.plan, plan);
    model.keep(keep);
    await comeBack(await join(entry, signal, onProgress), signal);
    this.knownModels.loaded(plan, keep);
    return model.handle;
  }

  /**
   * Holds a model for a call, once it is loaded: one that may be loaded when
   * it is asked for is. Its load goes on when the caller gives up waiting.
   */
  async acquire(name: string, scope: CallScope, options: AcquireRequest = {}): Promise<HeldModel> {
    this.#requireOpen();
    const id = this.names.idOf(name);
    const entry = this.#joinable(id) ?? (await this.#beginOnDemand(id, options.keep));
    const { model } = entry;
    const release = model.hold(scope);
    try {
      if (options.keep) model.keep(options.keep);
      const loaded = await join(entry, scope.signal, options.onProgress);
      if (options.restart && model.state === 'failed') await comeBack(loaded, scope.signal);
      return { model: loaded, release };
    } catch (thrown) {
      release();
      throw thrown;
    }
  }

  async unload(name: string): Promise<void> {
    const id = this.names.idOf(name);
    const entry = this.#entry(id);
    this.knownModels.forget(id);
    await this.#end(entry);
    await this.#options.runner.unloadModel?.(id);
  }

  /** Unloads everything and takes nothing new. */
  async close(): Promise<void> {
    this.#closed = true;
    const ended = [...this.#entries.values()].map((entry) => this.#end(entry));
    await Promise.all([...ended, this.#leaving.endAll()]);
  }

  get #loadedIds(): string[] {
    return this.models.filter(({ facts }) => facts !== undefined).map(({ id }) => id);
  }

  #requireOpen(): void {
    if (this.#closed) throw shuttingDown();
  }

  #entry(id: string): ModelEntry {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw modelNotLoaded(id, this.#loadedIds);
    return entry;
  }

  /** A load that everyone gave up is still ending; the next caller starts anew. */
  #joinable(id: string): ModelEntry | undefined {
    const entry = this.#entries.get(id);
    return entry?.load.cancelled ? undefined : entry;
  }

  async #beginOnDemand(id: string, keep: KeepOptions | undefined): Promise<ModelEntry> {
    const known = await this.knownModels.find(id);
    this.#requireOpen();
    // Somebody else may have begun while the store was looked through.
    const begun = this.#joinable(id);
    if (begun) return begun;
    if (known === undefined) throw modelNotLoaded(id, this.#loadedIds);
    const { plan, draft, adapters } = known;
    // Callers say nothing by undefined, too.
    const keepAliveMs =
      keep?.keepAliveMs ?? known.keepAliveMs ?? this.#options.settings.keepAliveMs;
    const kept = { keepAliveMs, pinned: keep?.pinned ?? known.pinned };
    return this.#begin(plan, { keep: kept, onDemand: true, draft, adapters });
  }

  #begin(plan: LoadPlan, options: BeginOptions): ModelEntry {
    const { onDemand } = options;
    const model = this.#newModel(plan, options);
    const progressListeners: ModelEntry['progressListeners'] = new Set();
    const onProgress = (progress: LoadProgress) => {
      for (const listener of progressListeners) listener(progress);
    };
    const load: SharedTask<void> = new SharedTask(async (signal) => {
      try {
        const onRoom = onDemand ? () => load.persist() : undefined;
        await this.#loader.load(model, { signal, onProgress, patient: onDemand, onRoom });
      } catch (thrown) {
        this.#forgetFailed(model, toEngineError(thrown));
        throw thrown;
      }
      this.#unloadSurplus();
    });
    const entry = { model, load, progressListeners };
    this.#entries.set(model.id, entry);
    this.#updateStatus();
    return entry;
  }

  #newModel(
    plan: LoadPlan,
    { keep, draft, adapters }: Omit<BeginOptions, 'onDemand'>,
  ): ManagedModel {
    const model = new ManagedModel({
      plan,
      keep,
      adapters,
      settings: this.#options.settings,
      onIdle: () => {
        this.#unloadSurplus();
        this.room.changed();
      },
      onExpired: (expired) => {
        if (!expired.pinned && expired.activeCalls === 0) void this.#leave(expired);
      },
    });
    if (draft) model.drafts.attach({ ...draft, release: () => {} });
    return model;
  }

  async #end({ model, load }: ModelEntry): Promise<void> {
    if (this.#entries.get(model.id)?.model === model) this.#entries.delete(model.id);
    load.cancel(modelNotLoaded(model.id, []));
    await load.settled();
    await this.#closeModel(model);
  }

  async #closeModel(model: ManagedModel): Promise<void> {
    const draft = model.drafts.draft?.params.modelId;
    await model.close();
    this.room.leave(model);
    const { events } = this.#options;
    if (draft !== undefined) events.announce('model:unloaded', { model: draft });
    events.announce('model:unloaded', { model: model.id });
    this.#updateStatus();
  }

  /** Takes no more calls for it; those that come load it anew. */
  async #retire(model: ManagedModel): Promise<void> {
    if (this.#entries.get(model.id)?.model === model) this.#entries.delete(model.id);
    this.knownModels.left(model);
    await this.#leaving.leave(model, () => this.#closeModel(model));
  }

  async #leave(model: ManagedModel): Promise<void> {
    try {
      await this.#retire(model);
    } catch (thrown) {
      const context = { model: model.id, method: 'unloadModel' };
      this.#options.events.announceError(toEngineError(thrown), context);
    }
  }

  #unloadSurplus(): void {
    const { maxIdleModels: maxIdle, evictionStrategy: strategy } = this.#options.settings;
    for (const model of surplus(this.models, { maxIdle, strategy })) void this.#leave(model);
  }

  /** Loads what lies on disk now beside the model in memory; calls move over once it is ready. */
  async #replace(model: ManagedModel): Promise<void> {
    const entry = this.#entries.get(model.id);
    if (entry?.model !== model) return;
    const { keepMs: keepAliveMs } = model.keepAlive;
    const keep = { keepAliveMs, pinned: model.pinned };
    const { draft } = model.drafts;
    const next = this.#newModel(model.plan, { keep, draft, adapters: model.adapters.all });
    const load = await this.#replacements.bringUp(model, next);
    if (load === undefined) return;
    const isCurrent = this.#entries.get(model.id)?.model === model;
    if (isCurrent) this.#entries.set(model.id, { ...entry, model: next, load });
    const last = isCurrent ? model : next;
    if (isCurrent) next.keepAlive.unused();
    await this.#leaving.leave(last, () => last.close());
    this.room.leave(last);
  }

  #forgetFailed(model: ManagedModel, error: EngineClientError): void {
    this.room.leave(model);
    if (this.#entries.get(model.id)?.model === model) this.#entries.delete(model.id);
    this.#options.events.announceError(error, { model: model.id, method: 'loadModel' });
    if (this.#entries.size === 0 && !this.#closed) this.#options.status.set('error');
    else this.#updateStatus();
  }

  #updateStatus(): void {
    this.#options.status.update(this.models.map(({ state }) => state));
  }
}
