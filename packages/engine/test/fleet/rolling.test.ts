import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FLEET_PROTOCOL_VERSION } from '@mlx/schemas/fleet';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { rejection } from '../support/chunks.js';
import { TestFleet } from './support/fleet.js';
import { NatsServer } from './support/nats-server.js';

let server: NatsServer;

beforeAll(async () => {
  server = await NatsServer.start();
});

afterAll(() => server.kill());

const params = { model: 'm', prompt: 'one two', maxTokens: 60, seed: 0 };
const slowly = { generation: { stepMs: 5 } };

const budget = (gib: number) => ({
  model: { memory_budget_bytes: gib * 2 ** 30, load_on_demand: 'local' as const },
});

test('a worker that drains takes nothing new, finishes what it has and leaves', async () => {
  const fleet = new TestFleet(server);
  const options = { drainTimeoutMs: 20_000 };
  const [first, second] = await fleet.workers(2, { scripts: [slowly], options });
  const { engine } = await fleet.gateway();
  const text = await engine.generate(params);
  const answers = Array.from({ length: 8 }, () => engine.generate(params));
  await vi.waitFor(async () => {
    expect((await first?.engine.getBatchStats())?.rows.decoding).toBeGreaterThan(0);
  }, 5000);
  await first?.membership.leave();
  const left = (await first?.engine.getBatchStats())?.requests;
  expect(left).toMatchObject({ cancelled: 0, failed: 0 });
  expect(new Set(await Promise.all(answers))).toEqual(new Set([text]));
  const before = (await second?.engine.getBatchStats())?.requests.finished ?? 0;
  await engine.generate(params);
  expect((await second?.engine.getBatchStats())?.requests.finished).toBe(before + 1);
  expect(await engine.getRuntimeInfo()).toMatchObject({
    models: [{ recoveries: { failed: 0, replayed: 0 } }],
  });
});

test('what a worker has not finished when its time is over is handed over', async () => {
  const fleet = new TestFleet(server);
  const endless = { generation: { stepMs: 100 } };
  const slow = await fleet.worker({
    name: 'slow',
    scripts: [endless],
    options: { drainTimeoutMs: 100 },
  });
  const { engine } = await fleet.gateway();
  const answer = engine.generate(params);
  await vi.waitFor(async () => {
    expect((await slow.engine.getBatchStats()).rows.decoding).toBe(1);
  }, 5000);
  await fleet.worker({ name: 'fast' });
  await slow.membership.leave();
  expect(await answer).not.toBe('');
  expect(await engine.getRuntimeInfo()).toMatchObject({
    models: [{ recoveries: { replayed: 1 } }],
  });
});

test('a model is loaded where the budgets leave most room, and unloaded everywhere', async () => {
  const fleet = new TestFleet(server);
  const wishes = { models: [], stored: ['m'] };
  const small = await fleet.worker({ ...wishes, name: 'small', config: budget(8) });
  const large = await fleet.worker({ ...wishes, name: 'large', config: budget(64) });
  const { engine } = await fleet.gateway({}, null);
  await vi.waitFor(async () => {
    const offers = await Promise.all(
      [small, large].map(({ membership }) => fleet.announcementOf(membership.worker)),
    );
    for (const offer of offers) expect(offer).toMatchObject({ storedModels: [{ id: 'm' }] });
  }, 10_000);
  await engine.loadModel('m');
  expect((await large.engine.listModels()).map(({ state }) => state)).toEqual(['ready']);
  expect(await small.engine.listModels()).toEqual([]);
  expect(await engine.generate(params)).not.toBe('');
  await engine.unloadModel('m');
  expect(await large.engine.listModels()).toEqual([]);
  expect(await engine.listModels()).toEqual([]);
}, 40_000);

test('how a model is loaded is decided where it is loaded', async () => {
  const fleet = new TestFleet(server);
  await fleet.worker();
  const { engine } = await fleet.gateway();
  const refused = [
    () => engine.loadModel({ model: 'one', quantization: 'int4' }),
    () => engine.loadModel({ model: 'two', adapters: { a: '/etc' } }),
    () => engine.loadModel({ model: 'm', parameters: { weights: 'dense' } }),
    () => engine.loadAdapter({ model: 'm', name: 'a', path: '/etc' }),
  ];
  for (const load of refused) {
    expect(await rejection(load())).toMatchObject({ code: 'InvalidParams' });
  }
});

test('releases may differ side by side; workers that speak another protocol are left alone', async () => {
  const fleet = new TestFleet(server);
  const { membership } = await fleet.worker({ name: 'newer' });
  const announced = await fleet.announcementOf(membership.worker);
  const announceOthers = () => {
    fleet.announce({
      ...announced,
      worker: 'other.1',
      version: '99.0.0',
      models: [],
      storedModels: [{ id: 'from-the-future', adapters: [] }],
      somethingNew: true,
    });
    fleet.announce({
      ...announced,
      worker: 'other.2',
      protocol: FLEET_PROTOCOL_VERSION + 1,
      models: [],
      storedModels: [{ id: 'from-afar', adapters: [] }],
    });
  };
  announceOthers();
  const { engine } = await fleet.gateway();
  const again = setInterval(announceOthers, 100);
  await vi.waitFor(async () => {
    expect((await engine.knownModels()).map(({ id }) => id)).toContain('from-the-future');
  }, 5000);
  clearInterval(again);
  expect((await engine.knownModels()).map(({ id }) => id)).not.toContain('from-afar');
});

test('a server that takes short messages only has the fleet work with what these have room for', async () => {
  const config = join(mkdtempSync(join(tmpdir(), 'fleet-short-')), 'nats.conf');
  onTestFinished(() => rmSync(dirname(config), { recursive: true }));
  writeFileSync(config, 'max_payload: 4096');
  await using short = await NatsServer.start('-c', config);
  const fleet = new TestFleet(short);
  const stored = Array.from({ length: 200 }, (_, index) => `a-model-with-a-long-name-${index}`);
  await fleet.worker({ stored });
  const { engine } = await fleet.gateway();
  expect(await engine.generate({ ...params, prompt: 'word '.repeat(5000) })).not.toBe('');
});

test('tools of NATS find workers, and can ask one to leave', async () => {
  const fleet = new TestFleet(server);
  const { membership } = await fleet.worker({ name: 'found' });
  const { worker } = membership;
  const found = await fleet.services();
  expect(found.ping).toMatchObject([{ name: 'mlx-worker', metadata: { worker, models: 'm' } }]);
  expect(found.stats[0]?.endpoints?.[0]?.data).toMatchObject({ worker, draining: false });
  await fleet.ask(`${fleet.prefix}.worker.${worker}.drain`);
  await membership.askedToLeave;
});
