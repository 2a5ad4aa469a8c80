import type { Engine } from '@mlx/engine';
import { setupPythonEnvironment } from '@mlx/engine/setup';
import type { Logger } from '../logger.js';
import type { Readiness } from '../readiness.js';
import { toDescriptor } from './model-source.js';

export interface LoadModelsOptions {
  readonly engine: Engine;
  readonly models: readonly string[];
  /** False when the configuration names a Python of its own. */
  readonly setUpPython: boolean;
  readonly readiness: Readiness;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Brings everything up that answers need: Python, the models' files, the models. */
export async function loadModels(options: LoadModelsOptions): Promise<void> {
  const { engine, models, setUpPython, readiness, logger, signal } = options;
  const report = progressReporter(readiness, logger);
  if (setUpPython) {
    await setupPythonEnvironment({
      signal,
      onProgress: ({ message, bytes, totalBytes }) => report(message, bytes, totalBytes),
    });
  }
  for (const model of models) {
    report(`Loading ${model}`);
    const startedAt = performance.now();
    const { descriptor } = await engine.loadModel(
      { model: toDescriptor(model) },
      { signal, onProgress: ({ message, done, total }) => report(message, done, total) },
    );
    report('Warming up');
    await engine.warmupModel(descriptor.id, { signal });
    logger.info({ model, ms: Math.round(performance.now() - startedAt) }, 'model ready');
  }
  readiness.ready();
}

/** Everything goes to the readiness status; the log gets a line per step, not per byte. */
function progressReporter(readiness: Readiness, logger: Logger) {
  let lastMessage = '';
  return (message: string, done = 0, total = 0): void => {
    readiness.loading(message, total > 0 ? Math.min(1, done / total) : null);
    if (message === lastMessage) return;
    lastMessage = message;
    logger.info({}, message);
  };
}
