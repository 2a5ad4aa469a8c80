import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Engine } from '../../src/index.js';
import { rejection } from '../support/chunks.js';
import { TestFleet, type TestWorker } from './support/fleet.js';
import { NatsServer } from './support/nats-server.js';

let server: NatsServer;

beforeAll(async () => {
  server = await NatsServer.start();
});

afterAll(() => server.kill());

const slowly = { generation: { stepMs: 5 } };
const soon = { spreadAfterMs: 100 };
const long = { model: 'm', prompt: 'one two', maxTokens: 50_000, seed: 0 };

/** A worker that may load `m` and has not. */
const spare = (fleet: TestFleet, name: string, wishes = {}): Promise<TestWorker> =>
  fleet.worker({ name, models: [], stored: ['m'], scripts: [slowly], ...wishes });

const stateAt = async ({ engine }: TestWorker) => (await engine.listModels())[0]?.state;

/** More requests than the slots of one worker, until they are told to end. */
function flood(engine: Engine, count: number, model = 'm'): () => Promise<unknown> {
  const end = new AbortController();
  const answers = Array.from({ length: count }, () =>
    engine.generate({ ...long, model }, { signal: end.signal }).catch(() => undefined),
  );
  return () => {
    end.abort();
    return Promise.all(answers);
  };
}

test('a model whose worker has no place left is loaded on another one, which takes requests then', async () => {
  const fleet = new TestFleet(server);
  const config = { batch_queue: { max_batch_size: 2 } };
  const broken = await spare(fleet, 'broken', { scripts: [{ exitAtStart: 1 }] });
  const free = await spare(fleet, 'free', { config });
  const holder = await fleet.worker({ name: 'holder', config, scripts: [slowly] });
  const { engine } = await fleet.gateway(soon);
  const end = flood(engine, 6);
  await vi.waitFor(async () => {
    expect(await stateAt(free)).toBe('ready');
    expect((await free.engine.getBatchStats('m')).rows.decoding).toBeGreaterThan(0);
  }, 20_000);
  expect((await holder.engine.getBatchStats('m')).rows.decoding).toBeGreaterThan(0);
  expect(await stateAt(broken)).not.toBe('ready');
  await end();
});

test('an adapter whose worker has no place left is loaded on another one, whatever places the model has', async () => {
  const fleet = new TestFleet(server);
  const config = { batch_queue: { max_batch_size: 2 } };
  const tuned = await fleet.worker({ name: 'tuned', config, scripts: [slowly] });
  await tuned.engine.loadAdapter({ model: 'm', name: 'law', path: '/adapters/law' });
  const plain = await fleet.worker({ name: 'plain', scripts: [slowly] });
  const bare = await spare(fleet, 'bare');
  const stored = [{ model: 'm', adapters: { law: '/adapters/law' } }];
  const free = await fleet.worker({ name: 'free', models: [], stored, scripts: [slowly] });
  const { engine } = await fleet.gateway(soon);
  const end = flood(engine, 6, 'm:law');
  await vi.waitFor(async () => {
    expect(await stateAt(free)).toBe('ready');
    expect((await free.engine.getBatchStats('m')).rows.decoding).toBeGreaterThan(0);
  }, 20_000);
  expect((await plain.engine.getBatchStats('m')).rows.decoding).toBe(0);
  expect(await stateAt(bare)).toBe(undefined);
  await end();
});

test('it stays where it is while there are places, where nobody has room, and where that is switched off', async () => {
  const fleet = new TestFleet(server);
  const full = { model: { max_loaded_models: 1 } };
  const taken = await spare(fleet, 'taken', { models: ['other'], config: full });
  const config = { batch_queue: { max_batch_size: 2 } };
  await fleet.worker({ name: 'holder', config, scripts: [slowly] });
  const { engine } = await fleet.gateway(soon);
  const busy = flood(engine, 4);
  const { engine: other } = await fleet.gateway({ spreadAfterMs: 0 });
  const free = await spare(fleet, 'free');
  // The gateway of the flood finds the free one; before that it had nowhere to go.
  await vi.waitFor(async () => expect(await stateAt(free)).toBe('ready'), 20_000);
  expect((await taken.engine.listModels()).map(({ descriptor }) => descriptor.id)).toEqual([
    'other',
  ]);
  await busy();
  await other.generate({ ...long, maxTokens: 1 });
});

test('a model that was let go of everywhere is loaded for the next request; statistics keep it nowhere', async () => {
  const fleet = new TestFleet(server);
  const config = { model: { keep_alive_ms: 800 } };
  const worker = await spare(fleet, 'worker', { config });
  const { engine } = await fleet.gateway();
  const text = await engine.generate({ ...long, maxTokens: 5 });
  await vi.waitFor(async () => {
    await engine.getBatchStats('m').catch(() => undefined);
    expect(await worker.engine.listModels()).toEqual([]);
  }, 5000);
  expect(await engine.healthCheck()).toMatchObject({ healthy: true, status: 'ready' });
  const again = await Promise.all([1, 2, 3].map(() => engine.generate({ ...long, maxTokens: 5 })));
  expect(new Set(again)).toEqual(new Set([text]));
});

const finished = async ({ engine }: TestWorker) =>
  (await engine.getBatchStats('m')).requests.finished;

test('requests for an adapter go to the workers that have it, or are loaded for it', async () => {
  const fleet = new TestFleet(server);
  const plain = await fleet.worker({ name: 'plain' });
  const tuned = await fleet.worker({ name: 'tuned' });
  await tuned.engine.loadAdapter({ model: 'm', name: 'law', path: '/adapters/law' });
  const stored = [{ model: 'm', adapters: { medicine: '/adapters/medicine' } }];
  const later = await fleet.worker({ name: 'later', models: [], stored });
  const { engine } = await fleet.gateway();
  await vi.waitFor(async () => {
    const [known] = await engine.knownModels();
    expect([...(known?.adapters ?? [])].toSorted()).toEqual(['law', 'medicine']);
  }, 5000);
  const params = { ...long, maxTokens: 2 };
  for (const model of ['m:law', 'm:law', 'm:law']) await engine.generate({ ...params, model });
  await engine.generate({ ...params, adapter: 'law' });
  expect([await finished(plain), await finished(tuned)]).toEqual([0, 4]);
  expect(await engine.listAdapters('m')).toContainEqual({
    name: 'law',
    model: 'm',
    path: 'fleet:m',
    rank: 8,
    memoryBytes: 1024,
  });

  await engine.generate({ ...params, model: 'm:medicine' });
  expect(await finished(later)).toBe(1);
  expect(await rejection(engine.generate({ ...params, adapter: 'none' }))).toMatchObject({
    code: 'InvalidParams',
    message: expect.stringContaining("'none' is not loaded"),
  });
  expect(await rejection(engine.unloadAdapter('law', 'm'))).toMatchObject({
    message: expect.stringContaining('mlx-serve worker --adapter'),
  });
});

const pixel =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=';

const shown = (image: string) => ({
  model: 'm',
  maxTokens: 2,
  messages: [{ role: 'user' as const, content: [{ type: 'image' as const, image }] }],
});

test('images go to the workers whose models see, in as many messages as it takes', async () => {
  const fleet = new TestFleet(server);
  const blind = { load: { blindness: "'m' reads text only" } };
  const first = await fleet.worker({ name: 'blind', scripts: [blind] });
  const { engine } = await fleet.gateway();
  expect(await rejection(engine.generate(shown(pixel)))).toMatchObject({
    code: 'InvalidParams',
    message: expect.stringContaining('reads text only'),
  });
  expect(await engine.capabilities('m')).toMatchObject({ vision: null });

  const seeing = await fleet.worker({ name: 'seeing' });
  await vi.waitFor(async () => {
    expect((await engine.capabilities('m')).vision).not.toBe(null);
  }, 5000);
  const large = `${pixel.slice(0, -4)}${'A'.repeat(4_000_000)}`;
  for (const image of [pixel, large, large])
    expect(await engine.generate(shown(image))).not.toBe('');
  expect([await finished(first), await finished(seeing)]).toEqual([0, 3]);
});
