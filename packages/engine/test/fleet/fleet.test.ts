import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readAll, rejection, textOf } from '../support/chunks.js';
import { loadedEngine } from '../support/fake-engine.js';
import { TestFleet } from './support/fleet.js';
import { NatsServer } from './support/nats-server.js';

let server: NatsServer;

beforeAll(async () => {
  server = await NatsServer.start();
});

afterAll(() => server.kill());

const params = { model: 'm', prompt: 'one two', maxTokens: 40, seed: 0 };
const slowly = { generation: { stepMs: 5 } };

test('a fleet gives the answer of one machine', async () => {
  const fleet = new TestFleet(server);
  await fleet.workers(2);
  const { engine } = await fleet.gateway();
  const alone = await loadedEngine();
  const chunks = await readAll(engine.createGenerator(params));
  expect(textOf(chunks)).toBe(await alone.engine.generate(params));
  expect(chunks.at(-1)).toMatchObject({ type: 'metadata', stats: { tokensGenerated: 40 } });
  expect(await engine.tokenize({ model: 'm', text: 'one two' })).toEqual(
    await alone.engine.tokenize({ model: 'm', text: 'one two' }),
  );
  expect(await engine.embed({ model: 'm', input: ['one'] })).toEqual(
    await alone.engine.embed({ model: 'm', input: ['one'] }),
  );
  expect(await engine.capabilities('m')).toEqual(await alone.engine.capabilities('m'));
});

test('requests go to all workers, and their counters are added up', async () => {
  const fleet = new TestFleet(server);
  const workers = await fleet.workers(3, { scripts: [slowly] });
  const { engine } = await fleet.gateway();
  const finished = () =>
    Promise.all(
      workers.map(async (worker) => (await worker.engine.getBatchStats()).requests.finished),
    );
  // The first may go before all workers have been heard of.
  await vi.waitFor(async () => {
    await Promise.all(Array.from({ length: 12 }, () => engine.generate(params)));
    expect(Math.min(...(await finished()))).toBeGreaterThan(0);
  }, 10_000);
  const sum = (await finished()).reduce((total, count) => total + count, 0);
  expect((await engine.getBatchStats('m')).requests.finished).toBe(sum);
});

test('what a worker has ready is listed by a gateway that nobody told of it', async () => {
  const fleet = new TestFleet(server);
  await fleet.worker({ models: ['m', 'other'] });
  const { engine } = await fleet.gateway({}, null);
  await vi.waitFor(async () => {
    const models = await engine.listModels();
    expect(models.map(({ descriptor: { id }, state }) => `${id} ${state}`).toSorted()).toEqual([
      'm ready',
      'other ready',
    ]);
  }, 5000);
  expect(await engine.healthCheck()).toMatchObject({ healthy: true, status: 'ready' });
});

test('a model that no worker has is refused with what there is', async () => {
  const fleet = new TestFleet(server);
  await fleet.worker();
  const { engine } = await fleet.gateway();
  expect(await rejection(engine.loadModel('unknown'))).toMatchObject({
    code: 'ModelNotLoaded',
    message: expect.stringMatching(/offers 'unknown' \(offered: m\).*mlx-serve worker --model/),
  });
});

test('a request that is given up frees its row, and its name on the gateway', async () => {
  const fleet = new TestFleet(server);
  const { engine: worker } = await fleet.worker({ scripts: [slowly] });
  const { engine } = await fleet.gateway();
  const named = { streamId: 'mine' };
  for await (const chunk of engine.createGenerator({ ...params, maxTokens: 5000 }, named)) {
    if (chunk.type === 'token') break;
  }
  await vi.waitFor(async () => {
    const { requests, rows } = await worker.getBatchStats();
    expect([requests.cancelled, rows.decoding]).toEqual([1, 0]);
  }, 5000);
  await vi.waitFor(() => engine.generate({ ...params, maxTokens: 1 }, named), 5000);
});

test('a gateway that reads slowly pauses its own row and no other', async () => {
  const fleet = new TestFleet(server);
  const { engine: worker } = await fleet.worker();
  const { engine } = await fleet.gateway();
  const unread = engine.createGenerator({ ...params, maxTokens: 50_000 });
  await unread.next();
  await vi.waitFor(async () => {
    expect((await worker.getBatchStats()).rows.paused).toBe(1);
  }, 5000);
  const { tokens } = await worker.getBatchStats();
  expect(tokens.generated).toBeLessThan(20_000);
  expect(await engine.generate(params)).not.toBe('');
  await unread.return();
});

test("a tenant's burst over all workers keeps no other tenant out", async () => {
  const fleet = new TestFleet(server);
  const config = { batch_queue: { max_batch_size: 2 } };
  await fleet.workers(2, { config, scripts: [slowly] });
  const { engine } = await fleet.gateway();
  let loud = 0;
  const burst = Array.from({ length: 24 }, async () => {
    await engine.generate(params, { tenant: 'loud' });
    loud += 1;
  });
  await engine.generate(params, { tenant: 'quiet' });
  expect(loud).toBeLessThan(16);
  await Promise.all(burst);
});

test('a frame that is longer than a message of the server travels in several', async () => {
  const fleet = new TestFleet(server);
  await fleet.worker();
  const { engine } = await fleet.gateway();
  const text = 'word '.repeat(250_000);
  expect(text.length).toBeGreaterThan(1_048_576);
  const { tokens } = await engine.tokenize({ model: 'm', text });
  expect(tokens.length).toBeGreaterThan(100_000);
});

test('errors keep their code, their details and whether to try again', async () => {
  const fleet = new TestFleet(server);
  const refusal = {
    type: 'error',
    code: -32602,
    message: 'Too long',
    data: { type: 'context_length_exceeded', param: 'prompt' },
  } as const;
  const faults = [{ when: { request: 'generate' as const }, action: refusal }];
  await fleet.worker({ scripts: [{ faults }] });
  const { engine } = await fleet.gateway();
  const alone = await loadedEngine({}, { faults });
  const [there, here] = [
    await rejection(engine.generate(params)),
    await rejection(alone.engine.generate(params)),
  ];
  expect(there).toMatchObject({ code: 'InvalidParams', retryable: false });
  expect(Object.entries(Object(there))).toEqual(Object.entries(Object(here)));
});
