import { Supervisor } from '@mlx/bridge';
import type { RuntimeConfig } from '@mlx/schemas/config';
import { ensureModel } from '../setup/model/ensure-model.js';
import { tidyStore, type ModelFault } from '../setup/store/tidy-store.js';
import { findInterpreter } from './interpreter.js';
import { toRuntimeLevel } from './log-level.js';
import type { LocateOptions, OnProcessStart, Runner } from './runner.js';
import { toStoreOptions } from './store-options.js';
import { toSidecarOptions, toSupervisorOptions } from './sidecar-options.js';

/** Runs models in Python processes, in the environment that `mlx-engine setup` built. */
export class PythonRunner implements Runner {
  readonly #config: RuntimeConfig;

  constructor(config: RuntimeConfig) {
    this.#config = config;
  }

  locateModel(model: string, options: LocateOptions): Promise<string> {
    const { revision, signal, holdUntil, onProgress } = options;
    return ensureModel(model, {
      ...toStoreOptions(this.#config),
      revision,
      signal,
      holdUntil,
      onProgress: ({ message, bytes, totalBytes }) =>
        onProgress?.({
          phase: 'fetch',
          message,
          done: bytes ?? 0,
          total: totalBytes ?? 0,
          unit: 'bytes',
        }),
    });
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
      onStart,
      sidecar: {
        ...toSidecarOptions(this.#config),
        command,
        args: ['-m', 'mlx_runtime', '--expect', modelPath],
        env: { ...process.env, ...env, MLX_LOG_LEVEL: toRuntimeLevel(logging.level) },
      },
    });
  }
}
