import { rmSync } from 'node:fs';
import { createEngine, type Engine, type GeneratorChunk } from '@mlx/engine';
import { DEFAULT_MODEL_ID as model } from '@mlx/engine/setup';
import { connect } from '@nats-io/transport-node';
import type OpenAI from 'openai';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { writeAdapter } from '../../../ai-provider/test/real/write-adapter.js';
import { NatsServer } from '../../../engine/test/fleet/support/nats-server.js';
import { createHandler } from '../../src/index.js';
import { Command } from '../support/command.js';
import { openaiClient } from '../support/openai-client.js';

/** Three models share the processor, with whatever else runs on the machine. */
const TIMEOUT_MS = 600_000;
vi.setConfig({ testTimeout: TIMEOUT_MS, hookTimeout: TIMEOUT_MS });

/** Of each worker: more than what one has to take over, and soon taken. */
const SLOTS = 20;

const question = [{ role: 'user' as const, content: 'What is the capital of France?' }];
const story = { model, prompt: 'Once upon a time', temperature: 0, maxTokens: 6 };

const adapter = writeAdapter();
let server: NatsServer;
const workers: Command[] = [];
let engine: Engine;
let client: OpenAI;

function startWorker(name: string, ...further: string[]): Command {
  const args = ['worker', '--fleet', server.url, '--name', name, '--log-format', 'json'];
  // Three share the cores: a thread each is what they have.
  return new Command([...args, ...further], {
    MLX_MODEL: model,
    MLX_SERVING__BATCH_QUEUE__MAX_BATCH_SIZE: String(SLOTS),
    OPENBLAS_NUM_THREADS: '1',
  });
}

beforeAll(async () => {
  server = await NatsServer.start();
  const tuned = startWorker('two', '--adapter', `odd=${adapter}`);
  workers.push(startWorker('one'), tuned, startWorker('three', '--on-demand'));
  for (const worker of workers) await worker.line(/"msg":"ready"/);
  engine = createEngine({ fleet: { servers: server.url, spreadAfterMs: 300 } });
  await engine.loadModel(model);
  client = openaiClient(createHandler(engine));
});

afterAll(async () => {
  await engine?.dispose();
  await Promise.all(workers.map((worker) => worker[Symbol.asyncDispose]()));
  await server.kill();
  rmSync(adapter, { recursive: true });
});

test('a chat is streamed', async () => {
  const stream = await client.chat.completions.create({
    model,
    messages: question,
    temperature: 0,
    max_tokens: 10,
    stream: true,
  });
  let text = '';
  for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
  expect(text).toContain('Paris');
});

test('tools are called and typed answers are held to their schema', async () => {
  const City = z.strictObject({ city: z.enum(['Paris', 'Rome']) });
  const { $schema: _, ...parameters } = z.toJSONSchema(City);
  const called = await client.chat.completions.create({
    model,
    messages: question,
    tools: [{ type: 'function', function: { name: 'show', parameters, strict: true } }],
    tool_choice: 'required',
    max_tokens: 60,
  });
  const [call] = called.choices[0]?.message.tool_calls ?? [];
  if (call?.type !== 'function') throw new Error('No function was called');
  expect(City.safeParse(JSON.parse(call.function.arguments)).success).toBe(true);
  const typed = await engine.generate({ ...story, maxTokens: 40, structured: City });
  expect(City.safeParse(typed).success).toBe(true);
});

async function capitalBy(name: string) {
  const asked = { model: name, messages: question, temperature: 0, max_tokens: 8 };
  return (await client.chat.completions.create(asked)).choices[0]?.message.content;
}

test('requests for an adapter are answered where it is, and others as before', async () => {
  const listed = [];
  for await (const { id } of client.models.list()) listed.push(id);
  expect(listed).toContain(`${model}:odd`);
  const [plain, ...adapted] = await Promise.all(
    ['', ':odd', ':odd', ':odd'].map((suffix) => capitalBy(`${model}${suffix}`)),
  );
  expect(plain).toContain('Paris');
  expect(new Set(adapted).size).toBe(1);
  expect(adapted[0]).not.toContain('Paris');
});

test('what is given up is taken out of its batch', async () => {
  for await (const chunk of engine.createGenerator({ ...story, maxTokens: 2000 })) {
    if (chunk.type === 'token') break;
  }
  await vi.waitFor(async () => {
    const { requests, rows } = await engine.getBatchStats(model);
    expect([requests.cancelled, rows.decoding]).toEqual([1, 0]);
  }, 60_000);
});

test('kill -9 of a worker under 16 streams: each ends once, and new work goes on', async () => {
  const text = await engine.generate(story);
  const wholes = Array.from({ length: 8 }, () => engine.generate(story));
  const resumed = Array.from({ length: 8 }, () =>
    endOf(engine.createGenerator({ ...story, seed: 1 }, { resume: true })),
  );
  await vi.waitFor(async () => {
    expect((await engine.getBatchStats(model)).rows.decoding).toBeGreaterThan(8);
  }, 60_000);
  workers[0]?.process.kill('SIGKILL');
  const killedAt = performance.now();
  expect(await engine.countTokens({ model, messages: question })).toBeGreaterThan(10);
  // Two seconds are promised; the rest is what three models take of this machine.
  expect(performance.now() - killedAt).toBeLessThan(10_000);
  expect(new Set(await Promise.all([...wholes, ...resumed]))).toEqual(new Set([text]));
  expect(await engine.getRuntimeInfo()).toMatchObject({
    models: [{ recoveries: { failed: 0, quarantined: 0 } }],
  });
});

test('a model that has no place left is loaded on the worker that had nothing to do', async () => {
  const text = await engine.generate(story);
  const end = new AbortController();
  const flood = Array.from({ length: SLOTS + 4 }, () =>
    engine.generate({ ...story, maxTokens: 1000 }, { signal: end.signal }).catch(() => undefined),
  );
  await vi.waitFor(async () => {
    expect(await announcementOf(workers[2])).toMatchObject({
      models: [{ id: model, ready: true }],
    });
  }, 120_000);
  end.abort();
  await Promise.all(flood);
  const answers = await Promise.all([1, 2, 3, 4].map(() => engine.generate(story)));
  expect(new Set(answers)).toEqual(new Set([text]));
});

test('a worker that is told to stop finishes its answers, and leaves with exit code 0', async () => {
  const text = await engine.generate(story);
  const answers = Array.from({ length: 4 }, () => engine.generate(story));
  workers[1]?.process.kill('SIGTERM');
  await workers[1]?.line(/"msg":"left"/);
  expect(await workers[1]?.exited).toBe(0);
  expect(new Set(await Promise.all(answers))).toEqual(new Set([text]));
});

test('mlx-serve --fleet serves what the workers have', async () => {
  const args = ['serve', '--fleet', server.url, '--port', '0', '--log-format', 'json'];
  await using gateway = new Command(args);
  const url = await gateway.url();
  await gateway.line(/"msg":"ready"/);
  const models = (await (await fetch(`${url}/v1/models`)).json()) as { data: { id: string }[] };
  expect(models.data.map(({ id }) => id)).toContain(model);
  const body = JSON.stringify({ model, prompt: 'Once upon a time', max_tokens: 2 });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/v1/completions`, { method: 'POST', headers, body });
  expect(response.status).toBe(200);
  gateway.process.kill('SIGTERM');
  expect(await gateway.exited).toBe(0);
});

/** What a worker says of itself to whoever asks. */
async function announcementOf(worker: Command | undefined): Promise<unknown> {
  const line = await worker?.line(/"msg":"ready"/);
  const { worker: id } = z.object({ worker: z.string() }).parse(JSON.parse(line ?? '{}'));
  const outsider = await connect({ servers: server.url });
  try {
    return (await outsider.request(`mlx.worker.${id}.info`, '')).json();
  } finally {
    await outsider.close();
  }
}

/** The text of a stream that ends with exactly one end, which is a good one. */
async function endOf(stream: AsyncIterable<GeneratorChunk>): Promise<string> {
  let text = '';
  let ends = 0;
  for await (const chunk of stream) {
    if (chunk.type === 'token') text += chunk.token;
    else ends += 1;
    expect(chunk.type).not.toBe('error');
  }
  expect(ends).toBe(1);
  return text;
}
