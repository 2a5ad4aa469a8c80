import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createEngine, type Engine } from '../../src/index.js';
import * as setup from '../../src/setup/index.js';
import { textOf } from '../support/chunks.js';
import { childrenOf, isAlive } from '../support/process-tree.js';
import { writeTinyModel } from '../support/tiny-model.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const folder = mkdtempSync(join(tmpdir(), 'ranks-'));
/** Long enough that it is not over when a process is killed after its first token. */
const asked = { model: 'tiny', prompt: 'Once upon a time', temperature: 0, maxTokens: 100 };
let engine: Engine;

beforeAll(async () => {
  await writeTinyModel(folder, setup);
  engine = createEngine({ config: { model: { parallel: { ranks: 2, backend: 'ring' } } } });
  await engine.loadModel({ model: { id: 'tiny', path: folder } });
});

afterAll(async () => {
  await engine?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

test('a model over two processes says what one says, also after one of them was killed', async () => {
  const single = createEngine();
  await single.loadModel({ model: { id: 'tiny', path: folder } });
  const expected = await single.generate(asked);
  await single.dispose();
  expect(await engine.generate(asked)).toBe(expected);

  const first = await firstRank();
  const [follower = 0] = childrenOf(first);
  let text = '';
  for await (const chunk of engine.createGenerator(asked, { resume: true })) {
    if (chunk.type === 'error') throw new Error(chunk.error.message);
    text += textOf([chunk]);
    if (follower !== 0 && isAlive(follower)) process.kill(follower, 'SIGKILL');
  }

  expect(text).toBe(expected);
  expect(await firstRank()).not.toBe(first);
  expect(isAlive(first)).toBe(false);
});

test('capabilities and statistics tell of the processes', async () => {
  expect(await engine.capabilities('tiny')).toMatchObject({ ranks: 2 });
  await vi.waitFor(async () => {
    const { rankBytes } = await engine.getBatchStats('tiny');
    expect(rankBytes).toEqual([expect.any(Number), expect.any(Number)]);
    expect(Math.min(...rankBytes)).toBeGreaterThan(0);
  });
  // Both are on this machine, so the budget has to count both.
  const [known] = await engine.knownModels();
  const { rankBytes } = await engine.getBatchStats('tiny');
  expect(known?.memoryBytes).toBeGreaterThan(
    0.9 * rankBytes.reduce((sum, bytes) => sum + bytes, 0),
  );
});

test('no process is left of a model that is unloaded', async () => {
  const first = await firstRank();
  const followers = childrenOf(first);
  expect(followers).toHaveLength(1);

  await engine.unloadModel('tiny');

  for (let left = 100; left > 0 && [first, ...followers].some(isAlive); left -= 1) await sleep(50);
  expect([first, ...followers].filter(isAlive)).toEqual([]);
});

async function firstRank(): Promise<number> {
  const { models } = await engine.getRuntimeInfo();
  return models[0]?.pid ?? 0;
}
