import { Supervisor } from '@mlx/bridge';
import type { RuntimeConfig } from '@mlx/schemas/config';
import { ensureModel } from '../setup/model/ensure-model.js';
import { findInterpreter } from './interpreter.js';
import { toRuntimeLevel } from './log-level.js';
import type { LocateOptions, OnProcessStart, Runner } from './runner.js';
import { toSidecarOptions, toSupervisorOptions } from './sidecar-options.js';

/** Runs models in Python processes, in the environment that `mlx-engine setup` built. */
export class PythonRunner implements Runner {
  readonly #config: RuntimeConfig;

  constructor(config: RuntimeConfig) {
    this.#config = config;
  }

  locateModel(model: string, { revision, signal, onProgress }: LocateOptions): Promise<string> {
    return ensureModel(model, {
      revision,
      signal,
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

  createProcess(onStart: OnProcessStart): Supervisor {
    const { python_runtime: python, logging } = this.#config;
    const { command, env } = findInterpreter(python);
    return new Supervisor({
      ...toSupervisorOptions(this.#config),
      onStart,
      sidecar: {
        ...toSidecarOptions(this.#config),
        command,
        args: ['-m', 'mlx_runtime'],
        env: { ...process.env, ...env, MLX_LOG_LEVEL: toRuntimeLevel(logging.level) },
      },
    });
  }
}
