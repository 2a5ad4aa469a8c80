import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RuntimeConfigSchema } from '@mlx/schemas';
import { startTracing } from '@mlx/telemetry';
import { expect, it, vi } from 'vitest';
import { createHandler } from '../../src/index.js';
import { serveMetrics } from '../../src/serve/serve-metrics.js';
import {
  fakeEngine,
  FAKE_MODEL,
  questionWithTools,
  timeline,
  toolCall,
} from '../support/fake-engine.js';
import { post } from '../support/requests.js';

// Real processes are started and lost, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const TRACE = '0af7651916cd43dd8448eb211c80319c';

interface Received {
  readonly path: string;
  readonly type: string | undefined;
  readonly body: Buffer;
}

it('a request with tools and a crash in the middle reaches a collector as one trace, beside its metrics', async () => {
  const received: Received[] = [];
  const collector = createServer((request, response) => {
    void receive(request, received).finally(() => {
      response.end(request.headers['content-type'] === 'application/json' ? '{}' : '');
    });
  });
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const { port } = collector.address() as AddressInfo;
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${port}`);
  vi.stubEnv('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'http/json');
  vi.stubEnv('OTEL_SERVICE_NAME', 'my-models');
  vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'deployment.environment.name=lab');
  const generation = { rows: [{}, { ...toolCall, finish: 'tool_calls' as const }], timeline };
  const killed = { when: { tokens: 1 }, action: { type: 'signal', signal: 'SIGKILL' } } as const;
  const engine = await fakeEngine({ generation, faults: [killed] }, { generation });

  {
    await using _tracing = await startTracing('unheard');
    await using _metrics = await serveMetrics(engine, RuntimeConfigSchema.parse({}));
    const traceparent = `00-${TRACE}-b7ad6b7169203331-01`;
    const response = await createHandler(engine).fetch(
      post('/v1/chat/completions', questionWithTools, { traceparent }),
    );
    expect(response.status).toBe(200);
  }
  vi.unstubAllEnvs();
  collector.close();

  const traces = received.filter(({ path }) => path === '/v1/traces');
  const [first] = traces.map(({ body }) => JSON.parse(body.toString()));
  const { resource, scopeSpans } = first.resourceSpans[0];
  expect(attributesOf(resource)).toMatchObject({
    'service.name': 'my-models',
    'deployment.environment.name': 'lab',
  });
  const all: OtlpSpan[] = scopeSpans.flatMap((scope: { spans: OtlpSpan[] }) => scope.spans);
  const spans = all.filter(({ traceId }) => traceId === TRACE);
  expect(spans.map(({ name }) => name).toSorted()).toEqual([
    'POST /v1/chat/completions',
    `chat ${FAKE_MODEL}`,
    'mlx.decode',
    'mlx.grammar.compile',
    'mlx.prefill',
    'mlx.prefill.chunk',
    'mlx.prefill.chunk',
    'mlx.queue',
    'mlx.tokenize',
  ]);
  const restart = all.find(({ name }) => name === `mlx.restart ${FAKE_MODEL}`);
  const chat = spans.find(({ name }) => name === `chat ${FAKE_MODEL}`);
  expect(chat?.events?.map(({ name }) => name)).toEqual(['mlx.crash', 'mlx.replayed']);
  expect(chat?.links?.map(({ spanId }) => spanId)).toEqual([restart?.spanId]);

  const metrics = received.filter(({ path }) => path === '/v1/metrics');
  expect(metrics.map(({ type }) => type)).toContain('application/x-protobuf');
  const names = Buffer.concat(metrics.map(({ body }) => body)).toString('latin1');
  expect(names).toContain('gen_ai.server.time_to_first_token');
  expect(names).toContain('mlx_inter_token_latency_seconds');
  expect(names).toContain('my-models');
});

interface OtlpSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly events?: readonly { readonly name: string }[];
  readonly links?: readonly { readonly spanId: string }[];
}

function attributesOf({
  attributes,
}: {
  attributes: { key: string; value: { stringValue: string } }[];
}): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue]));
}

async function receive(request: IncomingMessage, received: Received[]): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  received.push({ path: request.url ?? '', type: request.headers['content-type'], body });
}
