import type { Engine } from '@mlx/engine';
import { setupPythonEnvironment } from '@mlx/engine/setup';
import type { Logger } from '../logger.js';
import type { Readiness } from '../readiness.js';
import { loadDraft } from './load-draft.js';
import type { ModelChoice } from './model-choice.js';
import { toDescriptor } from './model-source.js';
import { progressReporter } from './progress-reporter.js';

export interface LoadModelsOptions {
  readonly engine: Engine;
  readonly models: readonly ModelChoice[];
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
  for (const { model, draft } of models) {
    report(`Loading ${model}`);
    const startedAt = performance.now();
    const { descriptor } = await engine.loadModel(
      { model: toDescriptor(model) },
      { signal, onProgress: ({ message, done, total }) => report(message, done, total) },
    );
    if (draft !== undefined) {
      await loadDraft({ engine, draft, target: descriptor.id, report, signal });
    }
    report('Warming up');
    await engine.warmupModel(descriptor.id, { signal });
    logger.info({ model, draft, ms: Math.round(performance.now() - startedAt) }, 'model ready');
  }
  readiness.ready();
}
