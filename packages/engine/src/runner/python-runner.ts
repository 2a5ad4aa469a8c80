import { SparePool, Supervisor } from '@mlx/bridge';
import type { RuntimeConfig } from '@mlx/schemas/config';
import { detectBackend } from '../setup/backend.js';
import { setupContext } from '../setup/context.js';
import { modelMemory } from '../setup/memory-budget.js';
import { keptName, listModels, type LocalModel } from '../setup/model/list-models.js';
import { memoryNeed } from '../setup/model/memory-need.js';
import { outlineModel } from '../setup/model/model-outline.js';
import { isHubId } from '../setup/model/model-reference.js';
import { isAdapterDirectory } from '../setup/model/validate-adapter-directory.js';
import { ensureModel } from '../setup/model/ensure-model.js';
import { tidyStore, type ModelFault } from '../setup/store/tidy-store.js';
import { findInterpreter } from './interpreter.js';
import { ranksHere } from './ranks-here.js';
import { setUpOnFirstUse } from './set-up-on-first-use.js';
import { toRuntimeLevel } from './log-level.js';
import type { OnProcessStart } from './model-process.js';
import type { LocateOptions, Runner } from './runner.js';
import { toStoreOptions } from './store-options.js';
import { toSidecarOptions, toSupervisorOptions } from './sidecar-options.js';
import { tellAsFetching } from './tell-as-fetching.js';

/** Runs models in Python processes, in the environment that the set-up built. */
export class PythonRunner implements Runner {
  readonly #config: RuntimeConfig;
  readonly #setup: 'first-use' | 'never';
  /** A model that makes room for another leaves it the process that waited for a crash. */
  readonly #spares = new SparePool();

  constructor(config: RuntimeConfig, setup: 'first-use' | 'never' = 'first-use') {
    this.#config = config;
    this.#setup = setup;
  }

  async locateModel(model: string, options: LocateOptions): Promise<string> {
    const { kind, revision, signal, holdUntil, onProgress } = options;
    if (this.#setup === 'first-use' && this.#config.python_runtime.python_path === '') {
      await setUpOnFirstUse(options);
    }
    return ensureModel(model, {
      ...toStoreOptions(this.#config),
      kind,
      revision,
      signal,
      holdUntil,
      onProgress: tellAsFetching(onProgress),
    });
  }

  async findModel(name: string, { download }: { download: boolean }) {
    const kept = this.#kept().find((model) => keptName(model) === name);
    if (kept === undefined) return download && isHubId(name) ? name : undefined;
    const { id, revision } = kept;
    return { model: { id: name, path: id }, ...(revision === undefined ? {} : { revision }) };
  }

  async keptModels(): Promise<string[]> {
    return this.#kept()
      .filter(({ directory }) => !isAdapterDirectory(directory))
      .map(keptName);
  }

  /** Nothing is told of files that cannot be read: their load says what is wrong with them. */
  async memoryNeed(path: string, { weights }: { readonly weights?: string }) {
    const { batch_queue: batch, performance, model } = this.#config;
    const directory = this.#kept().find(({ id }) => id === path)?.directory ?? path;
    const outline = await outlineModel(directory).catch(() => undefined);
    if (outline === undefined) return undefined;
    const { variables } = setupContext();
    const backend = detectBackend(variables);
    return memoryNeed(outline, {
      backend,
      memoryBytes: modelMemory(variables),
      maxBatchSize: batch.enabled ? batch.max_batch_size : 1,
      ranks: ranksHere(model.parallel, backend),
      weights,
      kvBits: performance.kv_bits === 16 ? undefined : performance.kv_bits,
      promptCacheBytes: performance.prompt_cache_bytes,
    });
  }

  #kept(): LocalModel[] {
    const { localOnly, modelsFolder } = toStoreOptions(this.#config);
    return localOnly ? [] : listModels({ modelsFolder });
  }

  tidyModels({ signal }: { signal: AbortSignal }): Promise<ModelFault[]> {
    const { cache } = this.#config;
    const options = { ...toStoreOptions(this.#config), signal };
    return tidyStore({ ...options, validate: cache.validate_on_startup });
  }

  createProcess(onStart: OnProcessStart, modelPath: string): Supervisor {
    const { python_runtime: python, logging } = this.#config;
    const { command, env } = findInterpreter(python);
    return new Supervisor({
      ...toSupervisorOptions(this.#config),
      pool: this.#spares,
      onStart,
      sidecar: {
        ...toSidecarOptions(this.#config),
        command,
        args: ['-m', 'mlx_runtime', '--expect', modelPath],
        env: { ...process.env, ...env, MLX_LOG_LEVEL: toRuntimeLevel(logging.level) },
      },
    });
  }

  async close(): Promise<void> {
    await this.#spares.close();
  }
}
