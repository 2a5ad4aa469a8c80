import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { createHandler, listen } from '../../src/index.js';
import { describeServer, findServer } from '../../src/doctor/running-server.js';
import { Readiness } from '../../src/readiness.js';
import { fakeEngine, FAKE_MODEL } from '../support/fake-engine.js';
import { ScriptedEngine } from '../support/scripted-engine.js';

// Real processes are started and lost, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

afterEach(() => vi.unstubAllEnvs());

const address = { host: '127.0.0.1', port: 0 };

async function lookAt({ url }: { url: string }) {
  const found = await findServer('0.0.0.0', Number(new URL(url).port));
  if (found === undefined) throw new Error('No server of ours was found');
  return describeServer(found);
}

it('the doctor tells which model of a running server crashed', async () => {
  const signal = { type: 'signal', signal: 'SIGKILL' } as const;
  const engine = await fakeEngine({ faults: [{ when: { tokens: 1 }, action: signal }] }, {});
  await using server = await listen(createHandler(engine, { apiKey: 'key' }), address);
  await engine.generate({ model: FAKE_MODEL, prompt: 'Hi', maxTokens: 3 });
  expect(await lookAt(server)).toMatch(/is ready\. The server needs its API key/);
  vi.stubEnv('MLX_API_KEY', 'key');
  expect(await lookAt(server)).toBe(
    `mlx-serve at ${server.url} is ready. ${FAKE_MODEL} crashed and was started again, once so far; its log says why.`,
  );
});

it('the doctor finds fault with a server that gave a model up, and says how it comes back', async () => {
  const engine = await fakeEngine(
    {
      faults: [{ when: { tokens: 1 }, action: { type: 'signal', signal: 'SIGKILL' } }],
    },
    { exitAtStart: 3 },
  );
  await using server = await listen(createHandler(engine), address);
  await expect(
    engine.generate({ model: FAKE_MODEL, prompt: 'Hi', maxTokens: 3 }),
  ).rejects.toThrow();
  await expect(lookAt(server)).rejects.toThrow(
    new RegExp(`${FAKE_MODEL} crashed too often and was given up; .mlx-serve load ${FAKE_MODEL}`),
  );
});

it('the doctor says how far a server is that loads, and takes no other program for one', async () => {
  const readiness = new Readiness();
  readiness.loading('Loading weights');
  const engine = new ScriptedEngine();
  await using server = await listen(createHandler(engine, { readiness }), address);
  expect(await lookAt(server)).toContain('is loading: Loading weights.');
  const other = createServer((_, response) => response.end('{"ok":true}')).listen(0);
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  expect(await findServer('127.0.0.1', port)).toBeUndefined();
  other.close();
});
