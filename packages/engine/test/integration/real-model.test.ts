import { getEventListeners } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { createEngine, type Engine } from '../../src/index.js';
import { DEFAULT_MODEL_ID } from '../../src/setup/index.js';
import { readAll, rejection, textOf } from '../support/chunks.js';

const path = process.env['MLX_TEST_MODEL'] ?? DEFAULT_MODEL_ID;
const model = 'smol';
const capital = [{ role: 'user' as const, content: 'What is the capital of France?' }];
const story = 'Once upon a time';

// Generous: a test machine may be busy with other things.
const timeout = 120_000;
vi.setConfig({ testTimeout: timeout, hookTimeout: timeout });

let engine: Engine;

beforeAll(async () => {
  engine = createEngine();
  const handle = await engine.loadModel({ model: { id: model, path } });
  expect(handle).toMatchObject({ state: 'ready', metadata: { architecture: 'llama' } });
});

afterAll(() => engine.dispose());

test('a chat is answered', async () => {
  const turn = await engine.chat({ model, messages: capital, temperature: 0, maxTokens: 12 });
  expect(turn.content).toContain('Paris');
  expect(turn.stats).toMatchObject({ modelId: model });
  expect(turn.stats.tokensGenerated).toBeGreaterThan(3);
});

test('the stream says what generate says', async () => {
  const params = { model, prompt: story, temperature: 0, maxTokens: 8 };
  const chunks = await readAll(engine.createGenerator(params));
  expect(chunks.at(-1)).toMatchObject({
    type: 'metadata',
    finishReason: 'length',
    stats: { tokensGenerated: 8 },
  });
  expect(textOf(chunks)).toBe(await engine.generate(params));
});

test('n answers differ by their seed, and a seed gives its text again', async () => {
  const params = { model, prompt: story, temperature: 1, maxTokens: 6, seed: 7 };
  const chunks = await readAll(engine.createGenerator({ ...params, n: 2 }));
  const [first, second] = [textOf(chunks, 0), textOf(chunks, 1)];
  expect(first).not.toBe(second);
  const again = [params, { ...params, seed: 8 }].map((one) => engine.generate(one));
  expect(await Promise.all(again)).toEqual([first, second]);
});

test('generation_config.json of the model samples what a request leaves open', async () => {
  const handle = await engine.getModelInfo(model);
  const advised = mkdtempSync(join(tmpdir(), 'advised-model-'));
  onTestFinished(() => {
    rmSync(advised, { recursive: true });
  });
  for (const name of readdirSync(handle.descriptor.path)) {
    if (name === 'generation_config.json') continue;
    symlinkSync(join(handle.descriptor.path, name), join(advised, name));
  }
  writeFileSync(join(advised, 'generation_config.json'), JSON.stringify({ top_k: 1 }));
  await engine.loadModel({ model: { id: 'advised', path: advised } });
  const { samplingDefaults } = await engine.capabilities('advised');
  expect(samplingDefaults).toEqual({ topK: 1 });
  const open = { prompt: story, maxTokens: 12 };
  const likeliest = await engine.generate({ ...open, model, temperature: 0 });
  expect(await engine.generate({ ...open, model: 'advised' })).toBe(likeliest);
  await engine.unloadModel('advised');
});

test('stop texts end the answer and are not part of it', async () => {
  const chunks = await readAll(
    engine.createGenerator({
      model,
      messages: capital,
      temperature: 0,
      maxTokens: 30,
      stopSequences: [' Paris'],
    }),
  );
  expect(chunks.at(-1)).toMatchObject({ finishReason: 'stop', stopSequence: ' Paris' });
  expect(textOf(chunks)).toMatch(/France is$/);
});

test('log-probabilities come with their tokens', async () => {
  const chunks = await readAll(
    engine.createGenerator({
      model,
      prompt: story,
      temperature: 0,
      maxTokens: 2,
      logprobs: true,
      topLogprobs: 2,
    }),
  );
  const entries = chunks.flatMap((chunk) => (chunk.type === 'token' ? (chunk.logprobs ?? []) : []));
  expect(entries).toHaveLength(2);
  for (const { token, logprob, top } of entries) {
    expect(logprob).toBeLessThanOrEqual(0);
    expect(top).toHaveLength(2);
    expect(top[0]?.token).toBe(token);
  }
});

test('what of a prediction came true is counted, drafted or not', async () => {
  const ask = async (extra: object) =>
    engine.chat({ model, messages: capital, temperature: 0, maxTokens: 12, ...extra });
  const plain = await ask({});
  expect(plain.stats).not.toHaveProperty('acceptedPredictionTokens');
  const prediction = `${plain.content} and something else`;
  const { tokens } = await engine.tokenize({ model, text: prediction });
  for (const promptLookup of [true, false]) {
    const { content, stats } = await ask({ prediction, promptLookup });
    expect(content).toBe(plain.content);
    const { acceptedPredictionTokens: accepted = 0, rejectedPredictionTokens: rejected } = stats;
    expect(accepted).toBe(stats.tokensGenerated);
    expect(rejected).toBe(tokens.length - accepted);
  }
});

test('an abort frees the row, as the runtime itself counts', async () => {
  const before = await engine.getBatchStats(model);
  const controller = new AbortController();
  const { signal } = controller;
  const stream = engine.createGenerator({ model, prompt: story, maxTokens: 2000 }, { signal });
  await stream.next();
  controller.abort();
  expect(await rejection(stream.next())).toMatchObject({ code: 'Cancelled', name: 'AbortError' });
  const after = await expectEventually(
    () => engine.getBatchStats(model),
    ({ rows }) => rows.decoding === 0,
  );
  expect(after.requests.cancelled).toBe(before.requests.cancelled + 1);
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test('tokenize, detokenize and countTokens', async () => {
  const text = 'Grüße, 世界 🌍!';
  const { tokens, tokenStrings } = await engine.tokenize({ model, text });
  expect(tokenStrings).toHaveLength(tokens.length);
  expect(await engine.detokenize({ model, tokens })).toBe(text);
  const turn = await engine.chat({ model, messages: capital, maxTokens: 1 });
  expect(await engine.countTokens({ model, messages: capital })).toBe(turn.stats.promptTokens);
});

test('a prompt longer than the context is refused by name', async () => {
  const tokens = Array.from({ length: 9000 }, () => 5);
  expect(
    await rejection(engine.generate({ model, prompt: { tokens }, maxTokens: 1 })),
  ).toMatchObject({
    code: 'InvalidParams',
    details: { type: 'context_length_exceeded' },
  });
});

test('killed mid-stream, the runtime comes back: one answer goes on, the other ends with an error', async () => {
  const params = { model, prompt: story, temperature: 0, maxTokens: 16 };
  const undisturbed = await engine.generate(params);
  const pid = (await engine.getRuntimeInfo()).models[0]?.pid ?? 0;
  const resumed = engine.createGenerator(params, { resume: true });
  const plain = engine.createGenerator(params);
  const [first] = await Promise.all([resumed.next(), plain.next()]);
  process.kill(pid, 'SIGKILL');
  const killedAt = performance.now();
  const failed = await readAll(plain);
  expect(performance.now() - killedAt).toBeLessThan(1000);
  expect(failed.at(-1)).toMatchObject({
    type: 'error',
    error: { code: 'SidecarCrashed', retryable: true },
  });
  const rest = await readAll(resumed);
  expect(rest.at(-1)).toMatchObject({ type: 'metadata', stats: { tokensGenerated: 16 } });
  expect(textOf([...(first.value ? [first.value] : []), ...rest])).toBe(undisturbed);
  expect(await engine.getRuntimeInfo()).toMatchObject({
    models: [{ restarts: 1, crashes: { signal: 1 } }],
  });
});

test('an engine leaves no process, descriptor or timer behind', async () => {
  // The other engine's next process would be started meanwhile.
  await expect
    .poll(async () => (await engine.getRuntimeInfo()).models[0]?.spare, { timeout: 10_000 })
    .toBe(true);
  const before = held();
  const other = createEngine();
  await other.loadModel({ model: { id: model, path } });
  await other.generate({ model, prompt: story, maxTokens: 1 });
  const pid = (await other.getRuntimeInfo()).models[0]?.pid ?? 0;
  await other.dispose();
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  // Not by `expect.poll`, which has timers of its own.
  const giveUpAt = performance.now() + 5000;
  while (holdsMore(held(), before) && performance.now() < giveUpAt) await sleep(50);
  // The first engine may have let go of some of its own meanwhile.
  expect(held()).toSatisfy((after: Held) => !holdsMore(after, before));
});

interface Held {
  readonly descriptors: number;
  readonly timers: number;
}

function holdsMore(now: Held, before: Held): boolean {
  return now.descriptors > before.descriptors || now.timers > before.timers;
}

/** What this process holds of the system. */
function held(): Held {
  const folder = '/proc/self/fd';
  return {
    descriptors: existsSync(folder) ? readdirSync(folder).length : 0,
    timers: process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length,
  };
}

/** Polls until the condition holds; fails with the last value when it never does. */
async function expectEventually<T>(
  read: () => Promise<T>,
  holds: (value: T) => boolean,
): Promise<T> {
  let value = await read();
  await expect
    .poll(
      async () => {
        value = await read();
        return holds(value) ? true : value;
      },
      { timeout: 5000 },
    )
    .toBe(true);
  return value;
}

test('a process that replaces a killed one starts from the prompts on disk', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'prompts-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  await using own = createEngine({ config: { python_runtime: { restart_delay_base_ms: 10 } } });
  await own.loadModel({ model: { id: 'kept', path }, parameters: { promptStore: { directory } } });
  const params = { model: 'kept', prompt: `${story} `.repeat(40), temperature: 0, maxTokens: 2 };
  const text = await own.generate(params);
  await expect.poll(async () => (await own.getCacheStats()).disk.entries, { timeout }).toBe(1);

  process.kill((await own.getRuntimeInfo()).models[0]?.pid ?? 0, 'SIGKILL');

  expect(await own.generate(params)).toBe(text);
  const { tokens } = await own.getBatchStats();
  expect(tokens.prefilled).toBe(0);
  expect(tokens.reused).toBeGreaterThan(100);
  expect(await own.getCacheStats()).toMatchObject({ disk: { hits: 1, failed: 0 } });
});
