import { createHandler, createLogger, listen, type HttpServer } from '@mlx/server';
import { batchGauges, cacheGauges, startTelemetry, type Telemetry } from '@mlx/telemetry';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { ExportResultCode } from '@opentelemetry/core';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import {
  BatchSpanProcessor,
  SamplingDecision,
  TracerProvider,
  type SpanExporter,
} from '@opentelemetry/sdk-trace';
import { MODEL, startFakeEngine, type FakeEngine } from '../transport/fake-engine.ts';
import { EventValve, type EventSource } from './event-valve.ts';

/** What a runtime tells at the end of each answer, in milliseconds: a span for each step. */
const timeline = {
  encoded: 1,
  queued: 1,
  admitted: 2,
  prefill: [{ start: 2, end: 10, tokens: 8 }],
  decoding: 10,
  ended: 20,
};

/** Does all that sending spans takes, but for the network. */
const encoder: SpanExporter = {
  export(spans, done) {
    ProtobufTraceSerializer.serializeRequest(spans);
    done({ code: ExportResultCode.SUCCESS });
  },
  shutdown: async () => undefined,
};

const HOUR_MS = 3_600_000;

let sampling = false;

const sampler = {
  shouldSample: () => ({
    decision: sampling ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD,
  }),
  toString: () => 'as told',
};

let registered: BatchSpanProcessor | undefined;

/** A process has one tracer provider, and it stays. */
function register(): BatchSpanProcessor {
  if (registered !== undefined) return registered;
  // Full batches go at once and fall on who fills them; by time they would fall on either.
  registered = new BatchSpanProcessor({ exporter: encoder, scheduledDelayMillis: HOUR_MS });
  trace.setGlobalTracerProvider(new TracerProvider({ sampler, spanProcessors: [registered] }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return registered;
}

export interface WatchedServer extends AsyncDisposable {
  readonly server: HttpServer;
  /** From now on there are traces, metrics and log lines, or none of them; at first there are. */
  watch(on: boolean): void;
  /** Exports the spans that wait for more of them. */
  exportTraces(): Promise<void>;
}

/**
 * A server over a model that costs nothing, watched or not. It is one for both:
 * of two that are alike, one is slower by a percent for as long as they live.
 */
export async function startWatchedServer(): Promise<WatchedServer> {
  const spans = register();
  const fake = await startFakeEngine({ timeline });
  const events = new EventValve(fake.engine);
  const telemetry = await measure(fake, events);
  const logger = createLogger({ level: 'info', format: 'json', destination: '/dev/null' });
  const metrics = () => telemetry.exposition();
  const watched = createHandler(fake.engine, { logger, metrics });
  const unwatched = createHandler(fake.engine);
  let handler = watched;
  sampling = true;
  const server = await listen(
    { ...unwatched, fetch: (request, connection) => handler.fetch(request, connection) },
    { host: '127.0.0.1', port: 0 },
  );
  return {
    server,
    watch(on) {
      sampling = on;
      handler = on ? watched : unwatched;
      events.open(on);
    },
    exportTraces: () => spans.forceFlush(),
    async [Symbol.asyncDispose]() {
      await server.close();
      await telemetry.stop();
      await fake[Symbol.asyncDispose]();
    },
  };
}

/** Gauges are read as seldom as by `mlx-serve`. */
function measure({ engine }: FakeEngine, events: EventSource): Promise<Telemetry> {
  return startTelemetry(events, {
    enabled: true,
    ownPort: false,
    runtime: async () => (await engine.getRuntimeInfo()).models,
    sample: async () => cacheGauges(MODEL, await engine.getCacheStats()),
    answers: {
      exportIntervalMs: 10_000,
      sample: async () => batchGauges(MODEL, await engine.getBatchStats()),
    },
  });
}
