import { createEngine } from '@mlx/engine';
import { joinFleet, type FleetOptionsInput } from '@mlx/engine/fleet';
import type { RuntimeConfig } from '@mlx/schemas';
import { startTracing } from '@mlx/telemetry';
import type { Logger } from '../logger.js';
import { Readiness } from '../readiness.js';
import { loadModels } from './load-models.js';
import { logEngine, runtimeLogger } from './log-engine.js';
import type { ModelChoice } from './model-choice.js';
import { serveMetrics } from './serve-metrics.js';

export interface WorkerOptions {
  readonly fleet: FleetOptionsInput;
  readonly models: readonly ModelChoice[];
  /** False: gateways have them loaded when they need them. */
  readonly atStart: boolean;
  readonly config: RuntimeConfig;
  readonly logger: Logger;
  /** Resolves with the reason to leave. */
  readonly stop: Promise<string>;
}

/**
 * Serves models to the gateways of a fleet until it is told to leave: by a signal, or by somebody
 * in the fleet. Joins once its models are loaded, and rejects when they cannot be.
 */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const { logger, config, models, atStart, fleet, stop } = options;
  await using _tracing = await startTracing(config.telemetry.service_name);
  await using engine = createEngine({ config, onLog: runtimeLogger(logger) });
  logEngine(engine, logger);
  await using telemetry = await serveMetrics(engine, config);
  if (telemetry.metricsUrl !== undefined) logger.info({ url: telemetry.metricsUrl }, 'metrics');
  const loading = new AbortController();
  const loaded = loadModels({
    engine,
    readiness: new Readiness(),
    logger,
    models,
    atStart,
    setUpPython: config.python_runtime.python_path === '',
    signal: loading.signal,
    maxLoaded: config.model.max_loaded_models,
    onDemand: config.model.load_on_demand !== 'never',
  });
  try {
    const stopped = await Promise.race([stop, loaded]);
    if (stopped !== undefined) return;
  } finally {
    loading.abort();
    await Promise.allSettled([loaded]);
  }
  await serveFleet({ engine, fleet, logger, stop });
}

interface Serving extends Pick<WorkerOptions, 'fleet' | 'logger' | 'stop'> {
  readonly engine: Parameters<typeof joinFleet>[0];
}

async function serveFleet({ engine, fleet, logger, stop }: Serving): Promise<void> {
  const waiting = new AbortController();
  await using membership = joinFleet(engine, fleet);
  const { worker } = membership;
  const asked = membership.askedToLeave.then(() => 'asked to leave by the fleet');
  void stop.then(() => waiting.abort());
  const { servers } = fleet;
  logger.info({ worker, servers }, 'joining');
  void membership.joined(waiting.signal).then(
    () => logger.info({ worker, servers }, 'ready'),
    (error: unknown) => logger.warn({ worker, error: String(error) }, 'left before it could join'),
  );
  const reason = await Promise.race([stop, asked]);
  logger.info({ worker, reason }, 'draining');
  await membership.leave();
  logger.info({ worker }, 'left');
}
