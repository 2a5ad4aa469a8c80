import { context, diag, DiagLogLevel, propagation, trace, TraceFlags } from '@opentelemetry/api';
import { afterEach, expect, it, vi } from 'vitest';
import { startTelemetry, startTracing } from '../src/index.js';
import { grpcReceiver, httpReceiver, silentReceiver } from './otlp-receiver.js';
import { FakeEngine } from './support.js';

afterEach(() => {
  vi.unstubAllEnvs();
  trace.disable();
  context.disable();
  propagation.disable();
  diag.disable();
});

const TRACES = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const METRICS = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export';

it('traces and metrics are sent over gRPC where the environment says so', async () => {
  await using receiver = await grpcReceiver();
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', receiver.url);
  vi.stubEnv('OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc');
  {
    await using _tracing = await startTracing();
    trace.getTracer('test').startSpan('chat tiny').end();
    const engine = new FakeEngine();
    await using _telemetry = await startTelemetry(engine, { enabled: true, ownPort: false });
    engine.started('a');
  }
  expect(receiver.received.map(({ path }) => path).toSorted()).toEqual([METRICS, TRACES]);
  const sent = (path: string) => receiver.received.find((call) => call.path === path)?.body;
  expect(sent(TRACES)?.includes('chat tiny')).toBe(true);
  expect(sent(METRICS)?.includes('mlx_generations_active')).toBe(true);
});

/** Names of the spans that arrive of one without a parent and one whose client keeps its trace. */
async function kept(sampler: string, share = ''): Promise<string[]> {
  await using receiver = await httpReceiver();
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', receiver.url);
  vi.stubEnv('OTEL_TRACES_SAMPLER', sampler);
  vi.stubEnv('OTEL_TRACES_SAMPLER_ARG', share);
  {
    await using _tracing = await startTracing();
    const tracer = trace.getTracer('test');
    tracer.startSpan('alone').end();
    const client = { traceId: 'f'.repeat(32), spanId: 'b'.repeat(16), isRemote: true };
    const asked = { ...client, traceFlags: TraceFlags.SAMPLED };
    tracer.startSpan('asked for', {}, trace.setSpanContext(context.active(), asked)).end();
  }
  const sent = Buffer.concat(receiver.received.map(({ body }) => body)).toString('latin1');
  return ['alone', 'asked for'].filter((name) => sent.includes(name));
}

it.each([
  ['always_on', undefined, ['alone', 'asked for']],
  ['always_off', undefined, []],
  ['traceidratio', '1', ['alone', 'asked for']],
  ['traceidratio', '0', []],
  ['parentbased_always_on', undefined, ['alone', 'asked for']],
  ['parentbased_always_off', undefined, ['asked for']],
  ['parentbased_traceidratio', '0', ['asked for']],
])('the sampler %s with %s keeps %j', async (sampler, share, names) => {
  expect(await kept(sampler, share)).toEqual(names);
});

it.each([
  ['OTEL_TRACES_SAMPLER', 'sometimes', 'Set it to one of: always_on, always_off, traceidratio'],
  ['OTEL_PROPAGATORS', 'tracecontext,smoke', "'smoke'. Set it to one of: tracecontext"],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'thrift', 'Set it to one of: http/protobuf, http/json, grpc.'],
  ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'udp', 'Set it to one of: http/protobuf'],
  ['OTEL_TRACES_EXPORTER', 'zipkin', 'Set it to one of: otlp, console, none.'],
])('%s=%s is refused with what it may be', async (name, value, message) => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:1');
  vi.stubEnv(name, value);
  await expect(startTracing()).rejects.toMatchObject({
    code: 'InvalidParams',
    message: expect.stringMatching(new RegExp(`^${name} cannot be .*${message}`)),
  });
});

it('a share of traces that is none is refused', async () => {
  vi.stubEnv('OTEL_TRACES_EXPORTER', 'console');
  vi.stubEnv('OTEL_TRACES_SAMPLER', 'traceidratio');
  vi.stubEnv('OTEL_TRACES_SAMPLER_ARG', '10%');
  await expect(startTracing()).rejects.toThrow(
    "OTEL_TRACES_SAMPLER_ARG cannot be '10%'. Set the share of traces to keep, from 0 to 1.",
  );
});

const start = () => startTelemetry(new FakeEngine(), { enabled: true, ownPort: false });

it('metrics are refused an exporter that there is not, and printed by the one for consoles', async () => {
  vi.stubEnv('OTEL_METRICS_EXPORTER', 'statsd');
  await expect(start()).rejects.toThrow(
    "OTEL_METRICS_EXPORTER cannot be 'statsd'. Set it to one of: otlp, console, prometheus, none.",
  );
  const printed = vi.spyOn(console, 'dir').mockImplementation(() => undefined);
  vi.stubEnv('OTEL_METRICS_EXPORTER', 'console, prometheus');
  const telemetry = await start();
  telemetry.ignoredField({ endpoint: '/', field: 'store' });
  await telemetry.stop();
  expect(JSON.stringify(printed.mock.calls)).toContain('mlx_ignored_fields');
  printed.mockRestore();
});

it.each([
  ['OTEL_METRIC_EXPORT_INTERVAL', 'soon'],
  ['OTEL_METRIC_EXPORT_TIMEOUT', '0'],
])('%s=%s is refused as no time', async (name, value) => {
  vi.stubEnv('OTEL_METRICS_EXPORTER', 'console');
  vi.stubEnv(name, value);
  await expect(start()).rejects.toThrow(
    `${name} cannot be '${value}'. Set it to a number of milliseconds above 0.`,
  );
});

it('metrics are sent as often as the environment says, and given up after so long', async () => {
  await using receiver = await silentReceiver();
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', receiver.url);
  vi.stubEnv('OTEL_EXPORTER_OTLP_TIMEOUT', '500');
  vi.stubEnv('OTEL_METRIC_EXPORT_INTERVAL', '200');
  vi.stubEnv('OTEL_METRIC_EXPORT_TIMEOUT', '60');
  const said = vi.fn();
  const logger = { error: said, warn: said, info: said, debug: said, verbose: said };
  diag.setLogger(logger, DiagLogLevel.ERROR);
  await using telemetry = await start();
  telemetry.ignoredField({ endpoint: '/', field: 'store' });
  await vi.waitFor(() => expect(String(said.mock.calls)).toContain('timed out after 60ms'), 5_000);
});

it('nothing is sent where the environment asks for nothing', async () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:1');
  vi.stubEnv('OTEL_SDK_DISABLED', 'true');
  await using _tracing = await startTracing();
  expect(trace.getTracer('test').startSpan('unheard').isRecording()).toBe(false);
});
