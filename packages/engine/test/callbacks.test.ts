import { expect, onTestFinished, test } from 'vitest';
import { createEngine, type LoadProgress } from '../src/index.js';
import { fakeEngine } from './support/fake-engine.js';
import { FakeRunner } from './support/fake-runner.js';

/** What is thrown where nobody catches it, instead of the end of this process. */
function uncaught(): string[] {
  const thrown: string[] = [];
  const usual = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', ({ message }) => thrown.push(message));
  onTestFinished(() => {
    process.removeAllListeners('uncaughtException');
    for (const listener of usual) process.on('uncaughtException', listener);
  });
  return thrown;
}

function fail(): never {
  throw new Error('mine');
}

function failWhileLoading({ phase }: LoadProgress): void {
  if (phase === 'load') fail();
}

test('a listener to the progress of a load that throws does not hold it up', async () => {
  const thrown = uncaught();
  const { engine } = fakeEngine({}, { load: { steps: 3 } });
  const onProgress = failWhileLoading;
  expect(await engine.loadModel('m', { onProgress })).toMatchObject({ state: 'ready' });
  expect(new Set(thrown)).toEqual(new Set(['mine']));
});

test('a log that throws loses nothing of what came with the line', async () => {
  const thrown = uncaught();
  const line = { jsonrpc: '2.0', method: 'log', params: { level: 'info', message: 'x' } };
  const written = { type: 'write', bytes: `${JSON.stringify(line)}\n` } as const;
  using runner = new FakeRunner({}, [{ faults: [{ when: { tokens: 5 }, action: written }] }, {}]);
  await using engine = createEngine({ runner, onLog: fail });
  await engine.loadModel('m');
  const params = { model: 'm', prompt: 'x', maxTokens: 40, seed: 1 };
  const { engine: silent } = fakeEngine();
  await silent.loadModel('m');
  expect(await engine.generate(params)).toBe(await silent.generate(params));
  expect(thrown).toEqual(['mine']);
});

test('a listener to events that throws ends no request', async () => {
  const thrown = uncaught();
  const { engine } = fakeEngine();
  await engine.loadModel('m');
  engine.on('generation:token', fail);
  engine.on('generation:completed', fail);
  expect(await engine.generate({ model: 'm', prompt: 'x', maxTokens: 4 })).not.toBe('');
  expect(thrown).toHaveLength(5);
});
