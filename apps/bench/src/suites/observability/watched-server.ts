import { createHandler, createLogger, listen, type HttpServer } from '@mlx/server';
import { batchGauges, cacheGauges, startTelemetry, type Telemetry } from '@mlx/telemetry';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BatchSpanProcessor,
  InMemorySpanExporter,
  SamplingDecision,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { MODEL, startFakeEngine, type FakeEngine } from '../transport/fake-engine.ts';

let sampling = false;

let registered = false;

/** Once in a process; whether anything is recorded is said by the sampler. */
function register(): void {
  if (registered) return;
  registered = true;
  const sampler = {
    shouldSample: () => ({
      decision: sampling ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD,
    }),
    toString: () => 'as told',
  };
  const spanProcessors = [new BatchSpanProcessor({ exporter: new InMemorySpanExporter() })];
  trace.setGlobalTracerProvider(new TracerProvider({ sampler, spanProcessors }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
}

export interface WatchedServer extends AsyncDisposable {
  readonly server: HttpServer;
  readonly telemetry: Telemetry;
  /** From now on traces are recorded or not, as this server has it. */
  sampleTraces(): void;
}

/** A server over a model that costs nothing, with everything on or with nothing. */
export async function startWatchedServer(on: boolean): Promise<WatchedServer> {
  register();
  const sampleTraces = (): void => void (sampling = on);
  sampleTraces();
  const fake = await startFakeEngine({});
  const telemetry = await watch(fake, on);
  const logging = { level: 'info', format: 'json', destination: '/dev/null' } as const;
  const handler = createHandler(fake.engine, {
    ...(on ? { logger: createLogger(logging) } : {}),
    metrics: () => telemetry.exposition(),
  });
  const server = await listen(handler, { host: '127.0.0.1', port: 0 });
  return {
    server,
    telemetry,
    sampleTraces,
    async [Symbol.asyncDispose]() {
      await server.close();
      await telemetry.stop();
      await fake[Symbol.asyncDispose]();
    },
  };
}

function watch({ engine }: FakeEngine, enabled: boolean): Promise<Telemetry> {
  return startTelemetry(engine, {
    enabled,
    ownPort: false,
    exportIntervalMs: 1000,
    runtime: async () => (await engine.getRuntimeInfo()).models,
    sample: async () => cacheGauges(MODEL, await engine.getCacheStats()),
    answers: { sample: async () => batchGauges(MODEL, await engine.getBatchStats()) },
  });
}
