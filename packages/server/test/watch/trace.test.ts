import { once } from 'node:events';
import Anthropic from '@anthropic-ai/sdk';
import { context, propagation, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { EngineClientError } from '@mlx/schemas';
import { beforeEach, expect, it, vi } from 'vitest';
import { createHandler, listen } from '../../src/index.js';
import { fakeEngine, questionWithTools, timeline, toolCall } from '../support/fake-engine.js';
import { get, post, question } from '../support/requests.js';
import { MODEL, ScriptedEngine } from '../support/scripted-engine.js';

// Real processes are started and lost, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const exporter = new InMemorySpanExporter();
trace.setGlobalTracerProvider(
  new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }),
);
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
propagation.setGlobalPropagator(new W3CTraceContextPropagator());

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${TRACE}-b7ad6b7169203331-01`;

beforeEach(() => exporter.reset());

it('one request with tools and a crash in the middle is one trace', async () => {
  const generation = { rows: [{}, { ...toolCall, finish: 'tool_calls' as const }], timeline };
  const killed = { when: { tokens: 1 }, action: { type: 'signal', signal: 'SIGKILL' } } as const;
  const engine = await fakeEngine({ generation, faults: [killed] }, { generation });
  const handler = createHandler(engine);
  exporter.reset();
  const request = post('/v1/chat/completions', questionWithTools, {
    traceparent,
    'user-agent': 'OpenAI/JS 7.59.0',
  });
  const response = await handler.fetch(request);
  expect(await response.json()).toMatchObject({
    choices: [{ finish_reason: 'tool_calls', message: { tool_calls: [{ id: 'call_1' }] } }],
  });

  const spans = exporter.getFinishedSpans();
  const inTrace = spans.filter((span) => span.spanContext().traceId === TRACE);
  expect(lines(inTrace)).toEqual(
    [
      'POST /v1/chat/completions < b7ad6b7169203331',
      'chat fake < POST /v1/chat/completions',
      'mlx.decode < chat fake',
      'mlx.grammar.compile < chat fake',
      'mlx.prefill < chat fake',
      'mlx.prefill.chunk < mlx.prefill',
      'mlx.prefill.chunk < mlx.prefill',
      'mlx.queue < chat fake',
      'mlx.tokenize < chat fake',
    ].toSorted(),
  );
  const ids = spans.map((span) => span.spanContext().spanId);
  expect(new Set(ids).size).toBe(ids.length);

  const http = named(inTrace, 'POST /v1/chat/completions');
  expect(http.attributes).toMatchObject({
    'http.request.method': 'POST',
    'http.route': '/v1/chat/completions',
    'http.response.status_code': 200,
    'user_agent.original': 'OpenAI/JS 7.59.0',
    'mlx.model': 'fake',
  });
  const chat = named(inTrace, 'chat fake');
  expect(chat.events.map(({ name }) => name)).toEqual(['mlx.crash', 'mlx.replayed']);
  expect(chat.attributes['gen_ai.response.finish_reasons']).toEqual(['tool_calls']);
  const restart = named(spans, 'mlx.restart fake');
  expect(chat.links.map((link) => link.context.spanId)).toEqual([restart.spanContext().spanId]);
  for (const span of inTrace) {
    expect(within(span, http)).toBe(true);
    expect(JSON.stringify([span.attributes, span.events])).not.toContain('secret');
  }
});

it('a stream belongs to its request until its last byte, and ends it once', async () => {
  const handler = createHandler(new ScriptedEngine());
  const request = post('/v1/chat/completions', { ...question, stream: true }, { traceparent });
  const response = await handler.fetch(request);
  expect(exporter.getFinishedSpans()).toEqual([]);
  await response.text();
  await vi.waitFor(() => expect(exporter.getFinishedSpans()).toHaveLength(1));
  expect(exporter.getFinishedSpans()[0]?.spanContext().traceId).toBe(TRACE);
});

it('a call of the Anthropic SDK goes on in its own trace', async () => {
  const handler = createHandler(new ScriptedEngine());
  await using server = await listen(handler, { host: '127.0.0.1', port: 0 });
  const client = new Anthropic({ apiKey: 'any', baseURL: server.url });
  const turns = [{ role: 'user' as const, content: 'Hi' }];
  await client.messages.create({ model: MODEL, max_tokens: 4, messages: turns });
  const spans = await vi.waitFor(() => {
    const finished = exporter.getFinishedSpans();
    expect(finished).toHaveLength(2);
    return finished;
  });
  const http = named(spans, 'POST /v1/messages');
  const call = spans.find((span) => span !== http)?.spanContext();
  expect(http.parentSpanContext).toMatchObject({ traceId: call?.traceId, spanId: call?.spanId });
  expect(http.parentSpanContext?.isRemote).toBe(true);
});

it.each(['fails', 'is left'])('a stream that %s ends its span once, and says why', async (how) => {
  const engine = new ScriptedEngine();
  const handler = createHandler(engine);
  const abort = new AbortController();
  engine.script(async function* (_params, signal) {
    yield { type: 'token', token: 'Hello' };
    if (how === 'fails') throw new EngineClientError('GenerationError', 'broken');
    await once(signal, 'abort');
    throw signal.reason;
  });
  const body = { ...question, stream: true };
  const request = new Request(post('/v1/chat/completions', body), { signal: abort.signal });
  const response = await handler.fetch(request);
  if (how === 'is left') abort.abort();
  await response.text().catch(() => undefined);
  await vi.waitFor(() => expect(exporter.getFinishedSpans()).toHaveLength(1));
  const [ended] = exporter.getFinishedSpans();
  expect([ended?.attributes['error.type'], ended?.status.code]).toEqual(
    how === 'fails'
      ? ['generation_error', SpanStatusCode.ERROR]
      : ['client_closed_request', SpanStatusCode.UNSET],
  );
});

it('refusals are spans of their own kind, unknown addresses share a name, probes have none', async () => {
  const handler = createHandler(new ScriptedEngine());
  await handler.fetch(post('/v1/chat/completions', { ...question, temperature: 9 }));
  await handler.fetch(get('/made/up/17'));
  await handler.fetch(get('/healthz'));
  const seen = exporter
    .getFinishedSpans()
    .map(({ name, attributes }) => [
      name,
      attributes['http.response.status_code'],
      attributes['error.type'],
    ]);
  expect(seen).toEqual([
    ['POST /v1/chat/completions', 400, 'invalid_parameter'],
    ['GET', 404, undefined],
  ]);
});

function lines(spans: readonly ReadableSpan[]): string[] {
  const names = new Map(spans.map((span) => [span.spanContext().spanId, span.name]));
  return spans
    .map(({ name, parentSpanContext: parent }) => {
      const id = parent?.spanId ?? '';
      return `${name} < ${names.get(id) ?? id}`;
    })
    .toSorted();
}

function named(spans: readonly ReadableSpan[], name: string): ReadableSpan {
  return spans.find((span) => span.name === name) ?? expect.fail(`no span ${name}`);
}

/** To the millisecond, which is what clocks of several processes share. */
function within(inner: ReadableSpan, outer: ReadableSpan): boolean {
  const slack = 2;
  return (
    at(inner.startTime) >= at(outer.startTime) - slack &&
    at(inner.endTime) <= at(outer.endTime) + slack
  );
}

const at = ([seconds, nanoseconds]: readonly [number, number]) =>
  seconds * 1000 + nanoseconds / 1e6;
