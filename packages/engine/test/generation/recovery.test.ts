import { setImmediate } from 'node:timers/promises';
import type { FakeAction, FakeScript } from '@mlx/bridge/testing';
import type { GeneratorChunk } from '@mlx/schemas';
import { expect, test } from 'vitest';
import { readAll, rejection, textOf } from '../support/chunks.js';
import { loadedEngine } from '../support/fake-engine.js';

const params = { model: 'm', prompt: 'one two', maxTokens: 40 };
const chatParams = {
  model: 'm',
  messages: [{ role: 'user' as const, content: 'one two' }],
  maxTokens: 40,
};
const die: FakeAction = { type: 'signal', signal: 'SIGKILL' };
const fast = { python_runtime: { restart_delay_base_ms: 1 } };
const diesOnRequest: FakeScript = { faults: [{ when: { request: 'generate' }, action: die }] };
const diesAfter = (tokens: number): FakeScript => ({
  generation: { stepMs: 1 },
  faults: [{ when: { tokens }, action: die }],
});

test('a request that sent no token is replayed, and its caller sees nothing of the crash', async () => {
  const { engine } = await loadedEngine(fast, diesOnRequest, {});
  const undisturbed = await loadedEngine();
  expect(await engine.generate(params)).toBe(await undisturbed.engine.generate(params));
  expect(await engine.getRuntimeInfo()).toMatchObject({
    models: [{ restarts: 1, crashes: { signal: 1 }, recoveries: { replayed: 1 } }],
  });
});

test('resume: true goes on after the tokens that were sent, with the same text', async () => {
  const { engine } = await loadedEngine(fast, diesAfter(15), {});
  const undisturbed = await loadedEngine();
  const chunks = await readAll(engine.createGenerator(params, { resume: true }));
  const seed = 0;
  expect(textOf(chunks)).not.toBe('');
  expect(chunks.at(-1)).toMatchObject({ type: 'metadata', stats: { tokensGenerated: 40 } });
  const seeded = await loadedEngine(fast, diesAfter(15), {});
  const again = await readAll(seeded.engine.createGenerator({ ...params, seed }, { resume: true }));
  expect(textOf(again)).toBe(await undisturbed.engine.generate({ ...params, seed }));
});

test('a crash between the parts of one token, while nobody reads, loses none of them', async () => {
  const words = Array.from({ length: 32 }, () => ({ text: 'w ' }));
  const rows = [
    ...words,
    { text: 'A ' },
    { reasoning: 'B ', tokens: [] },
    { text: 'C ', tokens: [] },
  ];
  const script: FakeScript = {
    generation: { rows: [...rows, { text: 'D ' }] },
    faults: [{ when: { tokens: rows.length }, action: die }],
  };
  const { engine } = await loadedEngine(fast, script, {});
  const answer = engine.createGenerator(params, { resume: true });
  const lost = new Promise((resolve) => {
    engine.once('model:invalidated', resolve);
  });
  const first = await answer.next();
  await lost;
  const chunks = [first.value as GeneratorChunk, ...(await readAll(answer))];
  const said = chunks.map((chunk) => {
    if (chunk.type === 'token') return chunk.token;
    return chunk.type === 'reasoning' ? chunk.text : '';
  });
  expect(said.join('')).toMatch(/^(?:w ){32}A B C /);
});

test('an answer that nobody has seen anything of begins anew, with or without resume', async () => {
  const undisturbed = await loadedEngine();
  const whole = await undisturbed.engine.generate(params);
  for (const resume of [false, true]) {
    const { engine } = await loadedEngine(fast, diesAfter(15), {});
    expect(await engine.generate({ ...params, seed: 0 }, { resume })).toBe(whole);
    const later = await loadedEngine(fast, diesAfter(15), {});
    const turn = await later.engine.chat({ ...chatParams, seed: 0 }, { resume });
    expect(turn.stats.tokensGenerated).toBe(40);
  }
});

test('otherwise the answer ends with SidecarCrashed, retryable, as its one last chunk', async () => {
  const { engine } = await loadedEngine(fast, diesAfter(15), {});
  const chunks = await readAll(engine.createGenerator(params));
  expect(chunks[0]).toMatchObject({ type: 'token' });
  expect(chunks.filter(({ type }) => type !== 'token')).toEqual([
    {
      type: 'error',
      error: expect.objectContaining({ code: 'SidecarCrashed', retryable: true }),
    },
  ]);
  expect(await engine.generate(params)).not.toBe('');
});

test('a request in flight for two crashes is quarantined; the others are served', async () => {
  const { engine } = await loadedEngine(fast, diesOnRequest, diesOnRequest, {});
  expect(await rejection(engine.generate(params))).toMatchObject({
    code: 'SidecarCrashed',
    retryable: false,
    details: { type: 'quarantined', crashes: 2 },
  });
  expect(await engine.generate(params)).not.toBe('');
  expect(await engine.getRuntimeInfo()).toMatchObject({
    models: [{ recoveries: { replayed: 1, quarantined: 1, resumed: 0, failed: 0 } }],
  });
});

const diesOnSecond: FakeScript = {
  generation: { stepMs: 20 },
  faults: [{ when: { request: 'generate', nth: 2 }, action: die }],
};

test('requests that share two crashes are tried alone, and only the one that crashes alone is blamed', async () => {
  const { engine } = await loadedEngine(fast, diesOnSecond, diesOnSecond, diesOnSecond, {});
  const innocent = engine.generate({ ...params, maxTokens: 10 });
  const poisonous = rejection(engine.generate(params));
  expect(await innocent).not.toBe('');
  expect(await poisonous).toMatchObject({
    code: 'SidecarCrashed',
    retryable: false,
    details: { type: 'quarantined', crashes: 3 },
  });
  expect(await engine.getRuntimeInfo()).toMatchObject({
    models: [{ restarts: 3, recoveries: { replayed: 4, quarantined: 1, failed: 0 } }],
  });
});

test('a request that outlives its trial lets the others in before it ends', async () => {
  const { engine } = await loadedEngine(fast, diesOnSecond, diesOnSecond, {
    generation: { stepMs: 5 },
  });
  const lasting = readAll(engine.createGenerator({ ...params, maxTokens: 400 }));
  const neighbour = engine.generate(params);
  const newcomer = engine.generate({ ...params, maxTokens: 5 });
  expect(await newcomer).not.toBe('');
  expect(await neighbour).not.toBe('');
  expect((await lasting).at(-1)).toMatchObject({ type: 'metadata' });
});

test('every one of 32 streams ends once when the process dies', async () => {
  const { engine } = await loadedEngine(fast, diesAfter(640), {});
  const streams = Array.from({ length: 32 }, (_, index) =>
    readAll(engine.createGenerator({ ...params, prompt: `p${index}`, maxTokens: 400 })),
  );
  for (const chunks of await Promise.all(streams)) {
    const ends = chunks.filter(({ type }) => type !== 'token');
    expect(ends).toHaveLength(1);
    expect(chunks.at(-1)).toBe(ends[0]);
  }
});

test('an abort while the process comes back ends the call at once', async () => {
  const slow: FakeScript = { load: { steps: 50, stepMs: 20 } };
  const { engine } = await loadedEngine(fast, diesOnRequest, slow);
  const controller = new AbortController();
  const { signal } = controller;
  const generation = rejection(engine.generate(params, { signal }));
  await new Promise<void>((resolve) => {
    engine.once('model:invalidated', () => resolve());
  });
  controller.abort();
  expect(await generation).toMatchObject({ code: 'Cancelled' });
});

test('loadModel waits for a model that is coming back', async () => {
  const slow: FakeScript = { load: { steps: 5, stepMs: 10 } };
  const { engine } = await loadedEngine(fast, diesOnRequest, slow);
  const invalidated = new Promise((resolve) => {
    engine.once('model:invalidated', resolve);
  });
  const generation = engine.generate(params);
  await invalidated;
  expect(await engine.getModelInfo('m')).toMatchObject({ state: 'loading' });
  expect(await engine.loadModel('m')).toMatchObject({ state: 'ready' });
  expect(await generation).not.toBe('');
});

test('a crash is told in events: invalidated, then loaded again', async () => {
  const { engine } = await loadedEngine(fast, diesOnRequest, {});
  const seen: unknown[] = [];
  for (const name of ['model:invalidated', 'model:loaded', 'error'] as const) {
    engine.on(name, () => seen.push(name));
  }
  engine.on('runtime:status', ({ status }) => seen.push(status));
  await engine.generate(params);
  expect(seen).toEqual(['starting', 'model:invalidated', 'model:loaded', 'ready']);
});

test('a crash loop ends in a failed model that loadModel gives a fresh start', async () => {
  const { engine } = await loadedEngine(
    { python_runtime: { max_restarts: 1, restart_delay_base_ms: 1 } },
    diesOnRequest,
    diesOnRequest,
    {},
  );
  const failed = new Promise<unknown>((resolve) => {
    engine.once('error', resolve);
  });
  const quarantined = rejection(engine.generate(params));
  await failed;
  expect(await quarantined).toMatchObject({ code: 'SidecarCrashed' });
  expect(await engine.healthCheck()).toMatchObject({
    healthy: false,
    status: 'error',
    models: [{ id: 'm', state: 'failed' }],
  });
  expect(await rejection(engine.generate(params))).toMatchObject({
    code: 'SidecarCrashed',
    retryable: false,
    details: { type: 'restart_budget_exhausted' },
  });
  await engine.loadModel('m');
  expect(await engine.generate(params)).not.toBe('');
  expect((await engine.healthCheck()).healthy).toBe(true);
});

test('who stops waiting for a process that comes back leaves it to the others', async () => {
  const { engine, runner } = await loadedEngine(fast, {}, { load: { steps: 5, stepMs: 20 } });
  const lost = new Promise((resolve) => {
    engine.once('model:invalidated', resolve);
  });
  runner.processes[0]?.sidecar?.kill();
  await lost;
  const controller = new AbortController();
  const left = rejection(engine.loadModel('m', { signal: controller.signal }));
  await setImmediate();
  controller.abort();
  expect(await left).toMatchObject({ code: 'Cancelled' });
  expect(await engine.loadModel('m')).toMatchObject({ state: 'ready' });
  expect(runner.processes).toHaveLength(1);
});

test('an error that the runtime reports for one answer leaves the others alone', async () => {
  const failure = {
    streamId: 's:1',
    text: '',
    tokens: [],
    finish: {
      reason: 'error',
      usage: {
        promptTokens: 1,
        cachedTokens: 0,
        completionTokens: 0,
        draftTokens: 0,
        draftTokensAccepted: 0,
        queueMs: 0,
        prefillMs: 0,
        decodeMs: 0,
      },
      error: { code: -32002, message: 'NaN', data: { type: 'non_finite_logits' } },
    },
  };
  const frame = { jsonrpc: '2.0', method: 'tokens', params: { rows: [failure] } };
  const { engine } = await loadedEngine(
    {},
    {
      generation: { stepMs: 1 },
      faults: [
        { when: { tokens: 10 }, action: { type: 'write', bytes: `${JSON.stringify(frame)}\n` } },
      ],
    },
  );
  const chunks = await readAll(engine.createGenerator({ ...params, n: 2 }, { streamId: 's' }));
  expect(chunks.filter(({ type }) => type === 'error')).toMatchObject([
    { index: 1, error: { code: 'GenerationError', details: { type: 'non_finite_logits' } } },
  ]);
  expect(chunks.filter(({ type }) => type === 'metadata')).toMatchObject([
    { index: 0, stats: { tokensGenerated: 40 } },
  ]);
});
