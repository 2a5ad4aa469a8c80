import type { RuntimeConfig } from '@mlx/schemas';
import { createEngine } from '@mlx/engine';
import type { FleetOptionsInput } from '@mlx/engine/fleet';
import { startTracing } from '@mlx/telemetry';
import { localUrl } from '../client/local-address.js';
import { createHandler, type Handler } from '../handler.js';
import { listen, type HttpServer } from '../http-server.js';
import type { ApiKeyOptions } from '../keys/api-key-options.js';
import type { Logger } from '../logger.js';
import type { HandlerOptions } from '../options.js';
import { requirePage } from '../page-directory.js';
import { Readiness } from '../readiness.js';
import { awaitFleet } from './await-fleet.js';
import { isLoopback, requireSafeBind } from './bind-policy.js';
import { countIgnored } from './count-ignored.js';
import { loadModels } from './load-models.js';
import type { ModelChoice } from './model-choice.js';
import { logEngine, runtimeLogger } from './log-engine.js';
import { toDescriptor } from './model-source.js';
import type { ProgressLine } from './progress-reporter.js';
import { serveMetrics } from './serve-metrics.js';

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  readonly models: readonly ModelChoice[];
  /** Answers come from these workers instead of from this machine. */
  readonly fleet?: FleetOptionsInput | undefined;
  readonly config: RuntimeConfig;
  readonly logger: Logger;
  readonly apiKeys: readonly ApiKeyOptions[];
  readonly insecure: boolean;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  /** True: the chat page; a folder: the page in it; false: none. */
  readonly page: string | boolean;
  readonly mcpServers: Readonly<Record<string, string>>;
  /** Further names of the models. */
  readonly aliases: Readonly<Record<string, string>>;
  /** That images may be fetched from. */
  readonly imageHosts: readonly string[];
  /** Refuse fields of requests that would have no effect. */
  readonly strict: boolean;
  readonly progressLine?: ProgressLine | undefined;
  /** Resolves with the reason to stop serving. */
  readonly stop: Promise<string>;
}

/** How long running requests may take to finish after the first signal to stop. */
const DRAIN_TIMEOUT_MS = 25_000;
/** How long the last bytes of an answer may take to reach its client. */
const FLUSH_TIMEOUT_MS = 1000;

/**
 * Serves until it is told to stop: listens at once, loads the models meanwhile,
 * and rejects when they cannot be loaded.
 */
export async function runServer(options: ServerOptions): Promise<void> {
  const { logger, config } = options;
  const { host, insecure, apiKeys } = options;
  requireSafeBind({ host, insecure, asksForKey: apiKeys.length > 0 });
  const readiness = new Readiness();
  await using _tracing = await startTracing(config.telemetry.service_name);
  await using engine = createEngine({ config, fleet: options.fleet, onLog: runtimeLogger(logger) });
  logEngine(engine, logger);
  await using telemetry = await serveMetrics(engine, config);
  if (telemetry.metricsUrl !== undefined) logger.info({ url: telemetry.metricsUrl }, 'metrics');
  const handler: Handler = createHandler(engine, {
    logger,
    readiness,
    apiKeys,
    allowedHosts: options.allowedHosts,
    allowedOrigins: options.allowedOrigins,
    allowAddressHosts: !isLoopback(host),
    ...toPage(options.page),
    mcpServers: options.mcpServers,
    strict: options.strict,
    aliases: options.aliases,
    imageHosts: options.imageHosts,
    adapterDirectories: config.model.trusted_model_directories,
    onIgnored: (ignored) => countIgnored(telemetry, ignored),
    metrics: () => telemetry.exposition(),
  });
  await using server = await listen(handler, options);
  logger.info({ url: server.url }, 'listening');

  const loading = new AbortController();
  const bringUp = options.fleet === undefined ? loadModels : awaitFleet;
  const loaded = bringUp({
    engine,
    readiness,
    logger,
    models: options.models,
    setUpPython: config.python_runtime.python_path === '',
    signal: loading.signal,
    maxLoaded: config.model.max_loaded_models,
    onDemand: config.model.load_on_demand !== 'never',
    progressLine: options.progressLine,
  });
  try {
    void loaded.then(() => announceReady(options, server.url), ignore);
    // A load that fails ends the server: nothing could ever be answered.
    await Promise.race([options.stop, loaded]);
    const reason = await options.stop;
    logger.info({ reason, active: handler.activeRequests }, 'stopping');
  } finally {
    loading.abort();
    await Promise.allSettled([loaded]);
  }
  // Nobody is to wait for what is not loaded any more.
  if (readiness.status.state === 'loading') readiness.failed('The server is shutting down.');
  await stopServing(handler, server);
}

/** The last line of a start: where it answers, with what, and how it ends. */
function announceReady({ logger, models, page }: ServerOptions, url: string): void {
  const named = models.map(({ model }) => toDescriptor(model).id).join(', ');
  const { hostname, port } = new URL(url);
  const onPage = page === false ? {} : { open: localUrl(hostname.replaceAll(/[[\]]/g, ''), port) };
  const stoppable = process.stdin.isTTY ? { stop: 'Ctrl+C' } : {};
  logger.info({ url, model: named, ...onPage, ...stoppable }, 'ready');
}

const ignore = (): void => undefined;

function toPage(page: string | boolean): Pick<HandlerOptions, 'chatPage' | 'pageDirectory'> {
  if (typeof page === 'string') return { pageDirectory: requirePage(page) };
  return page ? { chatPage: true } : {};
}

async function stopServing(handler: Handler, server: HttpServer): Promise<void> {
  await handler.drain(DRAIN_TIMEOUT_MS);
  await server.close(FLUSH_TIMEOUT_MS);
}
