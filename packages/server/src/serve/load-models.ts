import type { Engine } from '@mlx/engine';
import { setupPythonEnvironment } from '@mlx/engine/setup';
import { EngineClientError } from '@mlx/schemas';
import type { Logger } from '../logger.js';
import type { Readiness } from '../readiness.js';
import { loadDraft } from './load-draft.js';
import type { ModelChoice } from './model-choice.js';
import { toDescriptor } from './model-source.js';
import { progressReporter, type ProgressLine, type Report } from './progress-reporter.js';

export interface LoadModelsOptions {
  readonly engine: Engine;
  readonly models: readonly ModelChoice[];
  /** False when the configuration names a Python of its own. */
  readonly setUpPython: boolean;
  readonly readiness: Readiness;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** False: they are loaded when requests name them. Default: true. */
  readonly atStart?: boolean;
  /** Most models in memory at a time. */
  readonly maxLoaded: number;
  /** False: what is not loaded at the start never is. */
  readonly onDemand: boolean;
  /** Shows how far downloads are. */
  readonly progressLine?: ProgressLine | undefined;
}

/** Brings everything up that answers need: Python, the models' files, the models. */
export async function loadModels(options: LoadModelsOptions): Promise<void> {
  try {
    await bringUp(options);
  } finally {
    options.progressLine?.close();
  }
}

async function bringUp(options: LoadModelsOptions): Promise<void> {
  const { engine, models, setUpPython, readiness, logger, signal, onDemand } = options;
  const { atStart = true } = options;
  const maxLoaded = atStart ? options.maxLoaded : 0;
  if (models.length > maxLoaded && !onDemand) throw tooMany(models.length, maxLoaded);
  const report = progressReporter(readiness, logger, options.progressLine);
  if (setUpPython) {
    await setupPythonEnvironment({
      signal,
      onProgress: ({ message, bytes, totalBytes }) => report(message, bytes, totalBytes),
    });
  }
  for (const { model, adapters } of models) {
    engine.registerModel({ model: toDescriptor(model), adapters });
  }
  for (const [position, choice] of models.entries()) {
    // Those beyond the limit would only push out the first.
    if (position < maxLoaded || choice.draft !== undefined) await load(choice, options, report);
    else logger.info({ model: toDescriptor(choice.model).id }, 'loaded when a request names it');
  }
  readiness.ready();
}

async function load(
  { model, draft, adapters }: ModelChoice,
  { engine, logger, signal, readiness }: LoadModelsOptions,
  report: Report,
): Promise<void> {
  const { id } = toDescriptor(model);
  report(`Loading ${id}`);
  const startedAt = performance.now();
  await engine.loadModel(
    { model: toDescriptor(model), adapters },
    { signal, onProgress: ({ message, done, total }) => report(message, done, total) },
  );
  if (draft !== undefined) await loadDraft({ engine, draft, target: id, report, signal });
  report('Warming up');
  await engine.warmupModel(id, { signal });
  readiness.modelReady(id);
  logger.info({ model: id, draft, ms: Math.round(performance.now() - startedAt) }, 'model ready');
}

function tooMany(count: number, limit: number): EngineClientError {
  return new EngineClientError(
    'InvalidParams',
    `${count} models are named, and model.max_loaded_models lets ${limit} be loaded. Raise it, name fewer, ` +
      'or let requests load them (model.load_on_demand: local).',
  );
}
