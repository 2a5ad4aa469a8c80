import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { setupContext } from '../../../src/setup/context.js';
import { shareFileLock } from '../../../src/setup/process/file-lock.js';
import { trimStore, type StoreLimits } from '../../../src/setup/store/trim-store.js';
import { keepModel } from '../support/kept.js';
import { realPython } from '../support/real-python.js';
import { temporaryFolder } from '../support/temporary.js';

const python = await realPython();

const everything: StoreLimits = { maxBytes: 1e12, maxAgeDays: 365, policy: 'lru' };

function store() {
  const modelsFolder = temporaryFolder();
  const context = setupContext({ modelsFolder });
  const trim = (limits: Partial<StoreLimits>, except?: string) =>
    trimStore({ ...everything, ...limits }, () => python, context, except);
  const names = () => readdirSync(modelsFolder).filter((name) => !name.startsWith('.uses-'));
  return { modelsFolder, context, trim, names };
}

/** A process that shares the lock, as one that has the model loaded does. */
async function useElsewhere(file: string) {
  const script = `import fcntl, sys; file = open(sys.argv[1]); fcntl.flock(file, fcntl.LOCK_SH); print("held", flush=True); sys.stdin.read()`;
  const child = spawn(python, ['-c', script, file], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

test('within the limits nothing goes', async () => {
  const { modelsFolder, trim, names } = store();
  keepModel(modelsFolder, 'a--one');
  expect(await trim({})).toEqual([]);
  expect(names()).toEqual(['a--one']);
});

describe('cache.max_size_bytes', () => {
  test.each([
    ['lru', 'a/first'],
    ['lfu', 'a/second'],
    ['fifo', 'a/third'],
  ] as const)('cache.eviction_policy %s lets %s go first', async (policy, id) => {
    const { modelsFolder, trim } = store();
    keepModel(modelsFolder, 'a--first', { fetched: 10, used: 9, uses: 5 });
    keepModel(modelsFolder, 'a--second', { fetched: 11, used: 8, uses: 1 });
    keepModel(modelsFolder, 'a--third', { fetched: 12, used: 7, uses: 9 });
    expect(await trim({ policy, maxBytes: 2000 })).toEqual([id]);
  });

  test('as many go as it takes', async () => {
    const { modelsFolder, trim, names } = store();
    for (const [index, name] of ['a--1', 'a--2', 'a--3'].entries()) {
      keepModel(modelsFolder, name, { used: 30 - index, fetched: 40 });
    }
    expect(await trim({ maxBytes: 1999 })).toEqual(['a/1', 'a/2']);
    expect(names()).toEqual(['a--3']);
    expect(await trim({ maxBytes: 0 })).toEqual(['a/3']);
  });

  test('what was just fetched stays, however large', async () => {
    const { modelsFolder, trim } = store();
    const directory = keepModel(modelsFolder, 'a--large', { bytes: 5000, used: 1, fetched: 1 });
    keepModel(modelsFolder, 'a--small');
    expect(await trim({ maxBytes: 100 }, directory)).toEqual(['a/small']);
  });
});

test('cache.max_age_days counts from the last use', async () => {
  const { modelsFolder, trim } = store();
  keepModel(modelsFolder, 'a--old', { fetched: 100, used: 31 });
  keepModel(modelsFolder, 'a--used', { fetched: 100, used: 29 });
  keepModel(modelsFolder, 'a--new', { fetched: 1 });
  expect(await trim({ maxAgeDays: 30 })).toEqual(['a/old']);
});

describe('a model in use', () => {
  test('by another process stays until that has ended', async () => {
    const { modelsFolder, trim } = store();
    keepModel(modelsFolder, 'a--one');
    const user = await useElsewhere(join(modelsFolder, '.uses-a--one'));
    expect(await trim({ maxBytes: 0 })).toEqual([]);
    user.kill('SIGKILL');
    await once(user, 'close');
    expect(await trim({ maxBytes: 0 })).toEqual(['a/one']);
  });

  test('by this process stays until it lets go, and another one goes instead', async () => {
    const { modelsFolder, context, trim } = store();
    keepModel(modelsFolder, 'a--one', { used: 5, fetched: 9 });
    keepModel(modelsFolder, 'a--two', { used: 1, fetched: 9 });
    const letGo = await shareFileLock(join(modelsFolder, '.uses-a--one'), python, context);
    expect(await trim({ maxBytes: 1000 })).toEqual(['a/two']);
    letGo();
    expect(await trim({ maxBytes: 0 })).toEqual(['a/one']);
  });
});

test('two that trim at once remove each model once', async () => {
  const { modelsFolder, trim } = store();
  for (const name of ['a--1', 'a--2', 'a--3']) keepModel(modelsFolder, name);
  await Promise.all([trim({ maxBytes: 0 }), trim({ maxBytes: 0 })]);
  await trim({ maxBytes: 0 });
  expect(readdirSync(modelsFolder)).toEqual([]);
});

test('a model that was removed leaves nothing behind, and is counted anew when it comes back', async () => {
  const { modelsFolder, trim } = store();
  keepModel(modelsFolder, 'a--one', { uses: 7 });
  await trim({ maxBytes: 0 });
  expect(existsSync(join(modelsFolder, '.uses-a--one'))).toBe(false);
});

test('what an interrupted removal left is cleared away', async () => {
  const { modelsFolder, trim, names } = store();
  mkdirSync(join(modelsFolder, '.trash-a--one-1'));
  writeFileSync(join(modelsFolder, '.trash-a--one-1', 'model.safetensors'), 'x');
  await trim({});
  expect(names()).toEqual([]);
});

test('a store that is not there is in order', async () => {
  const context = setupContext({ modelsFolder: join(temporaryFolder(), 'nowhere') });
  expect(await trimStore(everything, () => python, context)).toEqual([]);
});

test('a folder may be given from the home directory', () => {
  expect(setupContext({ modelsFolder: '~/models' }).modelsFolder).toBe(join(homedir(), 'models'));
});
