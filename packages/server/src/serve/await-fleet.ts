import { setTimeout } from 'node:timers/promises';
import type { Engine } from '@mlx/engine';
import type { Logger } from '../logger.js';
import type { Readiness } from '../readiness.js';
import type { ModelChoice } from './model-choice.js';
import { toDescriptor } from './model-source.js';
import { progressReporter } from './progress-reporter.js';

const LOOK_EVERY_MS = 100;

interface AwaitFleetOptions {
  readonly engine: Engine;
  /** Workers are asked to load these; others are served as workers have them. */
  readonly models: readonly ModelChoice[];
  readonly readiness: Readiness;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Waits for workers with something to serve, and has them load what was named. */
export async function awaitFleet(options: AwaitFleetOptions): Promise<void> {
  const { engine, models, readiness, logger, signal } = options;
  const report = progressReporter(readiness, logger);
  report('Waiting for workers');
  while ((await engine.knownModels()).length === 0) {
    await setTimeout(LOOK_EVERY_MS, undefined, { signal });
  }
  for (const { model } of models) {
    const { id } = toDescriptor(model);
    report(`Loading ${id}`);
    await engine.loadModel(toDescriptor(model).path, { signal });
  }
  const known = await engine.knownModels();
  logger.info({ models: known.map(({ id }) => id) }, 'fleet found');
  readiness.ready();
}
