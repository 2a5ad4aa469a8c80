import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createEngine, type Engine } from '../../src/index.js';
import { DEFAULT_MODEL_ID, ensureModel, resolvePythonEnvironment } from '../../src/setup/index.js';
import { textOf } from '../support/chunks.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const tests = new URL('../../../../python-runtime/tests/process', import.meta.url).pathname;
const script = [
  'import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])',
  'from tiny_model import write_tiny_model',
  'write_tiny_model(Path(sys.argv[2]), Path(sys.argv[3]), num_attention_heads=4, num_key_value_heads=2)',
].join('\n');

const folder = mkdtempSync(join(tmpdir(), 'ranks-'));
/** Long enough that it is not over when a process is killed after its first token. */
const asked = { model: 'tiny', prompt: 'Once upon a time', temperature: 0, maxTokens: 100 };
let engine: Engine;

beforeAll(async () => {
  const { python, env } = resolvePythonEnvironment();
  const path = await ensureModel(process.env['MLX_TEST_MODEL'] ?? DEFAULT_MODEL_ID);
  execFileSync(python, ['-c', script, tests, folder, path], { env: { ...process.env, ...env } });
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

function childrenOf(pid: number): number[] {
  const threads = readdirSync(`/proc/${pid}/task`);
  const lists = threads.map((one) => readFileSync(`/proc/${pid}/task/${one}/children`, 'utf8'));
  return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
}

/** One that nobody has taken leave of yet is not. */
function isAlive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
