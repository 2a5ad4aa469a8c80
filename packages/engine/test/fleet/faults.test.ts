import { setTimeout as sleep } from 'node:timers/promises';
import { FleetOptionsSchema } from '@mlx/schemas/fleet';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { isEngineClientError } from '../../src/index.js';
import type { Engine, GeneratorChunk } from '../../src/index.js';
import { readAll, rejection, textOf } from '../support/chunks.js';
import { CHECK_MS } from '../../src/fleet/gateway/roster.js';
import { Bus } from '../../src/fleet/nats/bus.js';
import { TestFleet } from './support/fleet.js';
import { NatsServer } from './support/nats-server.js';

let server: NatsServer;

beforeAll(async () => {
  server = await NatsServer.start();
});

afterAll(() => server.kill());

const params = { model: 'm', prompt: 'one two', maxTokens: 120, seed: 0 };
const slowly = { generation: { stepMs: 10 } };
/** What the promise allows. */
const SOON_MS = 2000;
/** Silence is noticed sooner than by default, so that a busy machine has the rest of the promise's time. */
const watchful = { heartbeatIntervalMs: 100, heartbeatTimeoutMs: 700, waitForWorkerMs: 100 };

/** How a stream ended: with its whole text, or with one error that may be tried again. */
async function endOf(stream: AsyncIterable<GeneratorChunk>): Promise<string> {
  try {
    const chunks = await readAll(stream);
    const ends = chunks.filter(({ type }) => type === 'metadata' || type === 'error');
    expect(ends).toHaveLength(1);
    const [end] = ends;
    expect(chunks.at(-1)).toBe(end);
    if (end?.type !== 'error') return textOf(chunks);
    expect(end.error.retryable).toBe(true);
    return 'error';
  } catch (thrown) {
    if (!isEngineClientError(thrown)) throw thrown;
    expect(thrown.retryable).toBe(true);
    return 'error';
  }
}

/** Sixteen streams of which tokens have been seen. */
async function underWay(engine: Engine, options = {}): Promise<Promise<string>[]> {
  const streams = Array.from({ length: 16 }, () => engine.createGenerator(params, options));
  const first = await Promise.all(streams.map((stream) => stream.next()));
  return streams.map(async (stream, index) => {
    const chunk = first[index]?.value;
    const rest = await endOf(stream);
    return rest === 'error' || chunk?.type !== 'token' ? rest : chunk.token + rest;
  });
}

async function wholeText(engine: Engine): Promise<string> {
  return engine.generate(params);
}

test('by default, too, silence is noticed and told within what is promised', () => {
  const { heartbeatTimeoutMs, waitForWorkerMs } = FleetOptionsSchema.parse({
    servers: 'nats://host',
  });
  expect(heartbeatTimeoutMs + CHECK_MS + waitForWorkerMs).toBeLessThanOrEqual(SOON_MS);
});

test('a worker that falls silent: what was not seen of its answers begins anew elsewhere', async () => {
  const fleet = new TestFleet(server);
  const [first, second] = await fleet.workers(2, { scripts: [slowly], options: watchful });
  const { engine } = await fleet.gateway(watchful);
  const text = await wholeText(engine);
  const answers = Array.from({ length: 16 }, () => engine.generate(params));
  await vi.waitFor(async () => {
    for (const worker of [first, second]) {
      expect((await worker?.engine.getBatchStats())?.rows.decoding).toBeGreaterThan(0);
    }
  }, 5000);
  first?.cable.hold();
  await vi.waitFor(async () => {
    const lost = { models: [{ crashes: { heartbeat: 1 } }] };
    expect(await engine.getRuntimeInfo()).toMatchObject(lost);
  }, SOON_MS);
  expect(await Promise.all(answers)).toEqual(answers.map(() => text));
});

test('streams of which something was seen end once, retryable, or go on where that was asked for', async () => {
  const fleet = new TestFleet(server);
  const [first] = await fleet.workers(2, { scripts: [slowly], options: watchful });
  const { engine } = await fleet.gateway(watchful);
  const text = await wholeText(engine);
  const [ended, resumed] = [await underWay(engine), await underWay(engine, { resume: true })];
  first?.cable.cut();
  const ends = await Promise.all(ended);
  expect(new Set(ends)).toEqual(new Set(['error', text]));
  expect(new Set(await Promise.all(resumed))).toEqual(new Set([text]));
  const before = performance.now();
  expect(await engine.generate({ ...params, maxTokens: 1 })).not.toBe('');
  expect(performance.now() - before).toBeLessThan(SOON_MS);
});

test('a request that lost the way to its worker again and again is not blamed for it', async () => {
  const fleet = new TestFleet(server);
  const { engine: worker } = await fleet.worker({ scripts: [slowly], options: watchful });
  const { engine, cable } = await fleet.gateway({ ...watchful, waitForWorkerMs: 5000 });
  // Long enough to be under way at every loss, also on a busy machine.
  const long = { ...params, maxTokens: 250 };
  const text = await engine.generate(long);
  const answer = engine.generate(long);
  for (let losses = 1; losses <= 3; losses += 1) {
    await vi.waitFor(async () => {
      // The row that was lost before is given up as soon as the gateway is back.
      expect((await worker.getBatchStats('m')).requests.admitted).toBe(losses + 1);
      expect((await engine.getBatchStats('m')).rows.decoding).toBe(1);
    }, 5000);
    cable.cut();
    cable.mend();
    await vi.waitFor(async () => {
      const { models } = await engine.getRuntimeInfo();
      expect(models[0]?.recoveries.replayed).toBe(losses);
    }, 5000);
  }
  expect(await answer).toBe(text);
});

test.each(['"generate"', '"finish"'])(
  'a message with %s that is lost, and that nothing follows: the answer begins anew',
  async (part) => {
    const fleet = new TestFleet(server);
    await fleet.worker({ scripts: [slowly, slowly] });
    const { engine } = await fleet.gateway();
    const text = await wholeText(engine);
    // oxlint-disable-next-line typescript/unbound-method -- called with its bus below
    const { publish } = Bus.prototype;
    const lossy = vi.spyOn(Bus.prototype, 'publish');
    let lost = false;
    lossy.mockImplementation(function (this: Bus, ...message) {
      if (lost || !Buffer.from(message[1]).includes(part)) return publish.apply(this, message);
      lost = true;
      return true;
    });
    onTestFinished(() => lossy.mockRestore());
    expect(await engine.generate(params)).toBe(text);
    expect(lost).toBe(true);
  },
);

test('what a gateway lost is given up by the worker as soon as the gateway is back', async () => {
  const fleet = new TestFleet(server);
  // Nothing is sent while the way is interrupted: the server has nothing to tell the worker.
  const scripts = [{ generation: { stepMs: 400 } }];
  const { engine: worker } = await fleet.worker({ scripts, options: watchful });
  const { engine, cable } = await fleet.gateway({ ...watchful, waitForWorkerMs: 5000 });
  const stream = engine.createGenerator(params);
  const answer = stream.next();
  await vi.waitFor(async () => {
    expect((await worker.getBatchStats('m')).rows.decoding).toBe(1);
  }, 5000);
  cable.cut();
  cable.mend();
  await vi.waitFor(async () => {
    expect((await worker.getBatchStats('m')).requests).toMatchObject({ admitted: 2, cancelled: 1 });
  }, SOON_MS);
  expect((await answer).value).toMatchObject({ type: 'token' });
  await stream.return();
});

test('a worker leaves, also one that nobody hears any more', async () => {
  const fleet = new TestFleet(server);
  const { membership, cable } = await fleet.worker({ options: watchful });
  cable.hold();
  await expect(membership.leave()).resolves.toBeUndefined();
});

test('a worker that was cut off comes back, and has given up what nobody reads any more', async () => {
  const fleet = new TestFleet(server);
  const { engine: worker, cable } = await fleet.worker({ scripts: [slowly], options: watchful });
  const { engine } = await fleet.gateway(watchful);
  const ends = await underWay(engine);
  cable.cut();
  expect(new Set(await Promise.all(ends))).toEqual(new Set(['error']));
  await vi.waitFor(async () => {
    expect((await worker.getBatchStats()).rows).toMatchObject({ decoding: 0, paused: 0 });
  }, SOON_MS);
  expect(await rejection(engine.generate(params))).toMatchObject({
    code: 'Overloaded',
    retryable: true,
    details: { type: 'no_worker', retryAfter: 1 },
  });
  cable.mend();
  await vi.waitFor(() => engine.generate({ ...params, maxTokens: 1 }), SOON_MS);
});

test('a gateway that dies frees its rows at once, one that freezes after some seconds', async () => {
  const fleet = new TestFleet(server);
  const { engine: worker } = await fleet.worker({ scripts: [slowly], options: watchful });
  const rows = async () => (await worker.getBatchStats()).rows;
  for (const [fault, limitMs] of [
    ['cut', SOON_MS],
    ['hold', 5000 + SOON_MS],
  ] as const) {
    const { engine, cable } = await fleet.gateway(watchful);
    const stream = engine.createGenerator({ ...params, maxTokens: 100_000 });
    await stream.next();
    expect((await rows()).decoding).toBe(1);
    cable[fault]();
    await vi.waitFor(
      async () => expect(await rows()).toMatchObject({ decoding: 0, paused: 0 }),
      limitMs,
    );
    await stream.return();
    cable.mend();
  }
});

test('the crash of a process on a worker is a crash here: its requests go elsewhere', async () => {
  const fleet = new TestFleet(server);
  const die = { type: 'signal', signal: 'SIGKILL' } as const;
  const dies = { ...slowly, faults: [{ when: { tokens: 40 }, action: die }] };
  await fleet.worker({ name: 'dies', scripts: [dies, slowly], options: watchful });
  await fleet.worker({ name: 'lives', scripts: [slowly], options: watchful });
  const { engine } = await fleet.gateway(watchful);
  const texts = await Promise.all(Array.from({ length: 8 }, () => wholeText(engine)));
  expect(new Set(texts).size).toBe(1);
  expect(await engine.getRuntimeInfo()).toMatchObject({
    models: [{ recoveries: { replayed: expect.any(Number), failed: 0 } }],
  });
});

test('a server that is killed and started anew: all streams end, and the fleet finds itself again', async () => {
  await using own = await NatsServer.start();
  const fleet = new TestFleet(own);
  await fleet.workers(2, { scripts: [slowly], options: watchful });
  const { engine } = await fleet.gateway(watchful);
  const ends = await underWay(engine);
  const before = performance.now();
  await own.kill();
  expect(new Set(await Promise.all(ends))).toEqual(new Set(['error']));
  expect(performance.now() - before).toBeLessThan(SOON_MS);
  expect(await rejection(engine.generate(params))).toMatchObject({
    code: 'TransportError',
    retryable: true,
    message: expect.stringContaining('No connection to the fleet'),
  });
  await own.start();
  await vi.waitFor(() => wholeText(engine), 2 * SOON_MS);
});

test('a server that freezes: typed errors within seconds, and nothing is answered twice when it thaws', async () => {
  await using own = await NatsServer.start();
  const fleet = new TestFleet(own);
  const { engine: worker } = await fleet.worker({ scripts: [slowly], options: watchful });
  const { engine } = await fleet.gateway(watchful);
  const text = await wholeText(engine);
  const ends = await underWay(engine);
  const before = performance.now();
  own.freeze();
  onTestFinished(() => own.thaw());
  expect(new Set(await Promise.all(ends))).toEqual(new Set(['error']));
  expect(performance.now() - before).toBeLessThan(SOON_MS);
  expect(await rejection(engine.generate(params))).toMatchObject({ retryable: true });
  await sleep(500);
  own.thaw();
  await vi.waitFor(async () => expect(await wholeText(engine)).toBe(text), 2 * SOON_MS);
  await vi.waitFor(async () => {
    expect((await worker.getBatchStats()).rows).toMatchObject({ decoding: 0, paused: 0 });
  }, SOON_MS);
});
