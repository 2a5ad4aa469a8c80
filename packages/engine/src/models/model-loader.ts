import { isEngineClientError, type EngineClientError } from '@mlx/schemas';
import type { EngineOptions } from '../engine-options.js';
import type { EngineEmitter } from '../events/engine-emitter.js';
import type { ModelProcess } from '../runner/model-process.js';
import type { LoadProgress, Runner } from '../runner/runner.js';
import type { EngineSettings } from '../settings.js';
import { toEngineError } from '../support/errors.js';
import { draftBytes } from './draft-slot.js';
import { followProcess } from './follow-process.js';
import { loadModel } from './load-model.js';
import type { ManagedModel } from './managed-model.js';
import type { ModelRoom } from './model-room.js';
import { watchFiles } from './watch-files.js';

/** What bringing a model up needs of an engine. */
export interface LoaderServices {
  readonly runner: Runner;
  readonly settings: EngineSettings;
  readonly events: EngineEmitter;
  readonly onLog: EngineOptions['onLog'];
}

interface ModelLoaderOptions extends LoaderServices {
  readonly room: ModelRoom;
  readonly onState: () => void;
  readonly onFilesChanged: (model: ManagedModel) => Promise<void>;
}

interface LoadRequest {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: LoadProgress) => void;
  /** Waits for room while all models are in use. */
  readonly patient: boolean;
  /** Told when there is room, and the work begins. */
  readonly onRoom?: (() => void) | undefined;
}

/** Brings one model up: its files, its room, its process. */
export class ModelLoader {
  readonly #options: ModelLoaderOptions;

  constructor(options: ModelLoaderOptions) {
    this.#options = options;
  }

  /** When memory turns out too short, one idle model goes and the load is tried once more. */
  async load(model: ManagedModel, request: LoadRequest): Promise<void> {
    const { room } = this.#options;
    try {
      await this.#attempt(model, request);
    } catch (thrown) {
      if (!isOutOfMemory(thrown) || !(await room.makeMore(model))) throw thrown;
      await this.#attempt(model, request);
    }
    model.progress = undefined;
    await this.#takeMeasure(model);
    this.#watchFiles(model);
  }

  async #attempt(model: ManagedModel, request: LoadRequest): Promise<void> {
    const { runner, settings, events, onLog, onState } = this.#options;
    const onProcess = (process: ModelProcess) =>
      followProcess(model, process, { events, onLog, onState });
    const onDraftLost = (draft: string, error: EngineClientError) =>
      events.announceError(error, { model: draft, method: 'loadDraftModel' });
    const onAdapterLost = (adapter: string, error: EngineClientError) =>
      events.announceError(error, { model: `${model.id}:${adapter}`, method: 'loadAdapter' });
    const onProgress = (progress: LoadProgress) => {
      model.progress = progress;
      request.onProgress(progress);
    };
    const makeRoom = (path: string) => this.#makeRoom(model, path, request);
    const { signal } = request;
    await loadModel(model, {
      runner,
      settings,
      signal,
      onProgress,
      makeRoom,
      onProcess,
      onDraftLost,
      onAdapterLost,
    });
  }

  async #makeRoom(model: ManagedModel, path: string, request: LoadRequest): Promise<void> {
    const { room, runner } = this.#options;
    // A second attempt has its room.
    if (room.bytesOf(model) === undefined) {
      const need = await runner.memoryNeed?.(path, model.plan);
      const bytes = need === undefined ? 0 : need.weightBytes + need.cacheBytes;
      await room.take({ model, bytes, signal: request.signal, patient: request.patient });
    }
    request.onRoom?.();
  }

  /** What the weights take is known now. */
  async #takeMeasure(model: ManagedModel): Promise<void> {
    const { room, runner } = this.#options;
    const { facts } = model;
    if (facts === undefined) return;
    const need = await runner.memoryNeed?.(facts.path, model.plan);
    if (need === undefined) return;
    const { weightBytes } = facts.loaded;
    const ownBytes = weightBytes * (need.processes ?? 1) + need.cacheBytes;
    room.resize(model, ownBytes + (await this.#besideBytes(model)));
  }

  /** Bytes of what was loaded together with the model. */
  async #besideBytes({ adapters, drafts: { draft } }: ManagedModel): Promise<number> {
    const { runner } = this.#options;
    if (draft === undefined) return adapters.memoryBytes;
    return adapters.memoryBytes + (await draftBytes(draft, runner));
  }

  #watchFiles(model: ManagedModel): void {
    const { facts, id } = model;
    if (facts === undefined) return;
    const { events, onFilesChanged } = this.#options;
    const end = watchFiles(facts.path, (file) => {
      events.announce('model:invalidated', { model: id, reason: `${file} changed on disk` });
      onFilesChanged(model).catch((thrown: unknown) => {
        events.announceError(toEngineError(thrown), { model: id, method: 'loadModel' });
      });
    });
    model.onClose(end);
  }
}

function isOutOfMemory(thrown: unknown): boolean {
  if (!isEngineClientError(thrown)) return false;
  return (thrown.details as { type?: unknown } | undefined)?.type === 'out_of_memory';
}
