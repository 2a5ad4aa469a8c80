import { SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { StructuredOutputConfig } from '@mlx/schemas';
import { beforeEach, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { defineTool } from '../../src/index.js';
import { readAll, rejection } from '../support/chunks.js';
import { fakeEngine, loadedEngine } from '../support/fake-engine.js';
import { recordSpans, tree } from '../support/recorded-spans.js';

// Real processes are started and lost, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const exporter = recordSpans();
const messages = [{ role: 'user' as const, content: 'the secret question' }];
const timeline = {
  encoded: 1,
  grammar: { start: 1, end: 3 },
  queued: 4,
  admitted: 5,
  prefill: [
    { start: 5, end: 9, tokens: 16 },
    { start: 9, end: 12, tokens: 8 },
  ],
  decoding: 13,
  ended: 20,
};

beforeEach(() => exporter.reset());

it('a generation is a span with a child for all that the runtime did', async () => {
  const { engine } = await loadedEngine({}, { generation: { timeline } });
  exporter.reset();
  await engine.chat({ model: 'm', messages, maxTokens: 4, temperature: 0.5 });

  const spans = exporter.getFinishedSpans();
  expect(tree(spans)).toEqual([
    'chat m',
    '  mlx.tokenize',
    '  mlx.grammar.compile',
    '  mlx.queue',
    '  mlx.prefill',
    '    mlx.prefill.chunk',
    '    mlx.prefill.chunk',
    '  mlx.decode',
  ]);
  expect(named(spans, 'chat m').attributes).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'mlx',
    'gen_ai.request.model': 'm',
    'gen_ai.request.max_tokens': 4,
    'gen_ai.request.temperature': 0.5,
    'gen_ai.response.model': 'm',
    'gen_ai.response.finish_reasons': ['length'],
    'gen_ai.usage.output_tokens': 4,
    'gen_ai.usage.cache_read.input_tokens': 0,
  });
  const chunks = spans.filter(({ name }) => name === 'mlx.prefill.chunk');
  expect(chunks.map(({ attributes }) => attributes['mlx.prefill.tokens'])).toEqual([16, 8]);
  expect(milliseconds(named(spans, 'mlx.decode'))).toBeCloseTo(7, 1);
  expect(named(spans, 'mlx.prefill').attributes['mlx.prefill.computed_tokens']).toBe(24);
});

it.each<[StructuredOutputConfig | undefined, string]>([
  [{ format: 'json', schema: {} }, 'json'],
  [{ format: 'choice', schema: ['a', 'b'] }, 'text'],
  [undefined, 'text'],
])('the span of an answer held to %j says %s', async (structured, outputType) => {
  const { engine } = await loadedEngine();
  exporter.reset();
  await engine.chat({ model: 'm', messages, maxTokens: 4, ...(structured && { structured }) });
  const { attributes } = named(exporter.getFinishedSpans(), 'chat m');
  expect(attributes['gen_ai.output.type']).toBe(outputType);
});

it('content is in no span, unless telemetry.record_content is on', async () => {
  const without = await ask(false);
  expect(JSON.stringify(without.map(({ attributes, events }) => [attributes, events]))).not.toMatch(
    /secret/,
  );

  const { attributes } = named(await ask(true), 'chat m');
  expect(JSON.parse(String(attributes['gen_ai.input.messages']))).toEqual([
    { role: 'user', parts: [{ type: 'text', content: 'the secret question' }] },
  ]);
  expect(JSON.parse(String(attributes['gen_ai.output.messages']))).toEqual([
    {
      role: 'assistant',
      parts: [
        { type: 'reasoning', content: 'hm' },
        { type: 'text', content: 'the secret answer' },
      ],
      finish_reason: 'stop',
    },
  ]);
});

it('a crash and a replay are events of the span, which is linked to the restart', async () => {
  const killed = { when: { tokens: 2 }, action: { type: 'signal', signal: 'SIGKILL' } } as const;
  const { engine } = await loadedEngine({}, { faults: [killed] }, {});
  exporter.reset();
  await engine.generate({ model: 'm', prompt: 'Hi', maxTokens: 4 });

  const spans = exporter.getFinishedSpans();
  const generation = named(spans, 'text_completion m');
  expect(generation.events.map(({ name }) => name)).toEqual(['mlx.crash', 'mlx.replayed']);
  expect(generation.events[0]?.attributes).toMatchObject({
    'mlx.crash.reason': 'signal',
    'mlx.crash.signal': 'SIGKILL',
  });
  expect(generation.status.code).toBe(SpanStatusCode.UNSET);
  const restart = named(spans, 'mlx.restart m');
  expect(generation.links.map(({ context }) => context.spanId)).toEqual([
    restart.spanContext().spanId,
  ]);
  expect(restart.attributes).toMatchObject({
    'mlx.restart.reason': 'signal',
    'mlx.restart.signal': 'SIGKILL',
    'mlx.restart.attempt': 1,
  });
});

it('a crash that a stream did not survive ends its span with the error and a link', async () => {
  const killed = { when: { tokens: 3 }, action: { type: 'signal', signal: 'SIGKILL' } } as const;
  const { engine } = await loadedEngine({}, { generation: { stepMs: 20 }, faults: [killed] }, {});
  exporter.reset();
  const chunks = await readAll(engine.createGenerator({ model: 'm', prompt: 'Hi', maxTokens: 9 }));
  expect(chunks.at(-1)?.type).toBe('error');
  await engine.warmupModel('m');

  const generation = exporter.getFinishedSpans().find(({ name }) => name.endsWith(' m'));
  expect(generation).toMatchObject({
    status: { code: SpanStatusCode.ERROR },
    attributes: { 'error.type': 'SidecarCrashed' },
    links: [{ attributes: { 'mlx.link': 'restart' } }],
  });
});

it('the steps of a run with tools are its children, and so is what a tool does', async () => {
  const call = { toolCall: { index: 0, id: 'call_1', name: 'add', arguments: '{"a":1}' } };
  const { engine } = await loadedEngine(
    {},
    { generation: { rows: [{ ...call, finish: 'tool_calls' }] } },
  );
  exporter.reset();
  const add = defineTool({
    name: 'add',
    parameters: z.object({ a: z.number() }),
    execute: async ({ a }) => (await engine.embed({ model: 'm', input: String(a) })).promptTokens,
  });
  await engine.runTools({ model: 'm', messages, tools: [add], maxSteps: 2 });
  expect(tree(exporter.getFinishedSpans())).toEqual([
    'invoke_agent',
    '  chat m',
    '  execute_tool add',
    '    embeddings m',
    '  chat m',
  ]);
});

it.each([false, true])(
  'what a tool is told and says is in its span only with record_content: %s',
  async (recorded) => {
    const call = {
      toolCall: { index: 0, id: 'call_1', name: 'find', arguments: '{"of":"secret"}' },
    };
    const config = { telemetry: { record_content: recorded } };
    const { engine } = await loadedEngine(config, {
      generation: { rows: [{ ...call, finish: 'tool_calls' }] },
    });
    const parameters = z.object({ of: z.string() });
    const run = async (execute: (input: { of: string }) => unknown): Promise<ReadableSpan> => {
      exporter.reset();
      const tools = [defineTool({ name: 'find', parameters, execute })];
      await engine.runTools({ model: 'm', messages, tools, maxSteps: 2 });
      return named(exporter.getFinishedSpans(), 'execute_tool find');
    };
    const well = await run(({ of }) => `the secret of ${of}`);
    const failed = await run(({ of }) => {
      throw new Error(`no ${of}`);
    });
    expect(failed.status.code).toBe(SpanStatusCode.ERROR);
    expect(failed.attributes).toMatchObject({ 'error.type': 'UnknownError' });
    const told = [well.attributes, failed.attributes, failed.status, failed.events];
    expect(told.flatMap((part) => JSON.stringify(part).match(/secret/g) ?? [])).toHaveLength(
      recorded ? 5 : 0,
    );
  },
);

it('loads have spans, and so have loads that fail', async () => {
  const { engine } = fakeEngine({}, {}, { exitAtStart: 3 });
  await engine.loadModel('m');
  await rejection(engine.loadModel('n'));
  const spans = exporter.getFinishedSpans();
  expect(named(spans, 'mlx.load m').attributes).toMatchObject({ 'mlx.load.weights': 'float32' });
  expect(named(spans, 'mlx.load n').status.code).toBe(SpanStatusCode.ERROR);
});

it.each(['abort', 'leave', 'refuse', 'fail', 'expire'])(
  'every span ends once after: %s',
  async (outcome) => {
    const limits = { stream_registry: { max_active_streams: 1 } };
    const { engine } = await loadedEngine(limits, { generation: { stepMs: 5 } });
    exporter.reset();
    const abort = new AbortController();
    const params = { model: 'm', prompt: 'Hi', maxTokens: 50 };
    const timeoutMs = outcome === 'expire' ? 20 : undefined;
    const chunks = engine.createGenerator(params, { signal: abort.signal, timeoutMs });
    const first = chunks.next();
    // On a busy machine the time may be up before it comes.
    await (outcome === 'expire' ? first.catch(() => undefined) : first);
    if (outcome === 'refuse') await rejection(engine.generate(params));
    if (outcome === 'abort') abort.abort();
    if (outcome === 'fail') await engine.unloadModel('m');
    if (outcome === 'abort') await rejection(readAll(chunks));
    else if (outcome === 'expire') await readAll(chunks);
    else await chunks.return();

    const spans = exporter.getFinishedSpans();
    expect(spans).toHaveLength(outcome === 'refuse' ? 2 : 1);
    expect(spans.every(({ status }) => status.code === SpanStatusCode.ERROR)).toBe(true);
  },
);

async function ask(recordContent: boolean): Promise<ReadableSpan[]> {
  const config = { telemetry: { record_content: recordContent } };
  const rows = [{ reasoning: 'hm' }, { text: 'the secret ' }, { text: 'answer' }];
  const { engine } = await loadedEngine(config, { generation: { rows } });
  exporter.reset();
  await engine.chat({ model: 'm', messages, maxTokens: 4 });
  return exporter.getFinishedSpans();
}

function named(spans: readonly ReadableSpan[], name: string): ReadableSpan {
  const found = spans.filter((span) => span.name === name);
  expect(found.map((span) => span.name)).toEqual([name]);
  return found[0] ?? expect.fail();
}

const milliseconds = ({ duration: [seconds, nanoseconds] }: ReadableSpan) =>
  seconds * 1000 + nanoseconds / 1e6;
