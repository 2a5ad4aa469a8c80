import { engineEvents, type EngineEventName } from '@mlx/schemas';
import { expect, test } from 'vitest';
import type { Engine } from '../src/index.js';
import { readAll, rejection } from './support/chunks.js';
import { fakeEngine, loadedEngine } from './support/fake-engine.js';

type Seen = { name: EngineEventName; event: Record<string, unknown> };

function record(engine: Engine): Seen[] {
  const seen: Seen[] = [];
  for (const name of Object.keys(engineEvents) as EngineEventName[]) {
    engine.on(name, (event: object) => {
      expect(engineEvents[name].safeParse(event).error).toBeUndefined();
      expect(event).toHaveProperty('timestamp', expect.any(Number));
      seen.push({ name, event: event as Record<string, unknown> });
    });
  }
  return seen;
}

const names = (seen: Seen[]) => seen.map(({ name }) => name);

test('a model and a generation tell their whole story', async () => {
  const { engine } = fakeEngine();
  const seen = record(engine);
  await engine.loadModel('m');
  const chunks = await readAll(
    engine.createGenerator({ model: 'm', prompt: 'x', maxTokens: 2 }, { streamId: 's' }),
  );
  await engine.shutdown();
  expect(names(seen)).toEqual([
    'runtime:status',
    'model:loaded',
    'runtime:status',
    'generation:started',
    'generation:token',
    'generation:token',
    'generation:completed',
    'model:unloaded',
    'runtime:status',
  ]);
  expect(seen.filter(({ name }) => name === 'runtime:status').map(({ event }) => event)).toEqual([
    expect.objectContaining({ status: 'starting', previousStatus: 'stopped' }),
    expect.objectContaining({ status: 'ready', previousStatus: 'starting' }),
    expect.objectContaining({ status: 'stopped', previousStatus: 'ready' }),
  ]);
  expect(seen[1]?.event).toMatchObject({ model: 'm', modelPath: '/models/m' });
  expect(seen[3]?.event).toMatchObject({ streamId: 's', model: 'm', prompt: 'x' });
  expect(seen[6]?.event).toMatchObject({ streamId: 's', stats: { tokensGenerated: 2 } });
  const end = chunks.at(-1);
  expect(seen[6]?.event['stats']).toEqual(end?.type === 'metadata' && end.stats);
});

test('several answers are one request: one start, one end, tokens with their index', async () => {
  const { engine } = await loadedEngine();
  const seen = record(engine);
  await readAll(engine.createGenerator({ model: 'm', prompt: 'x', maxTokens: 4, n: 2 }));
  const tokens = seen.filter(({ name }) => name === 'generation:token');
  expect(tokens).toHaveLength(8);
  expect(new Set(tokens.map(({ event }) => event['index']))).toEqual(new Set([0, 1]));
  expect(names(seen).filter((name) => name !== 'generation:token')).toEqual([
    'generation:started',
    'generation:completed',
  ]);
  expect(seen.at(-1)?.event).toMatchObject({ stats: { tokensGenerated: 8 } });
});

test('a cancelled generation ends with one error event', async () => {
  const { engine } = await loadedEngine();
  const seen = record(engine);
  const params = { model: 'm', prompt: 'x', maxTokens: 10_000 };
  const stream = engine.createGenerator(params, { streamId: 's' });
  await stream.next();
  await stream.return();
  expect(names(seen).filter((name) => name !== 'generation:token')).toEqual([
    'generation:started',
    'error',
  ]);
  expect(seen.at(-1)?.event).toMatchObject({
    error: { code: 'Cancelled' },
    context: { streamId: 's', model: 'm' },
  });
});

test('a load that fails is an error event and an error status', async () => {
  const fault = { when: { request: 'load' }, action: { type: 'exit', code: 3 } } as const;
  const { engine } = fakeEngine({}, { faults: [fault] });
  const seen = record(engine);
  expect(await rejection(engine.loadModel('m'))).toMatchObject({ code: 'ModelLoadError' });
  expect(names(seen)).toEqual(['runtime:status', 'error', 'runtime:status']);
  expect(seen.at(-1)?.event).toMatchObject({ status: 'error' });
  expect((await engine.healthCheck()).healthy).toBe(false);
});

test('a listener that was removed hears nothing', async () => {
  const { engine } = await loadedEngine();
  let heard = 0;
  const listener = () => {
    heard += 1;
  };
  engine.on('generation:token', listener);
  await engine.generate({ model: 'm', prompt: 'x', maxTokens: 1 });
  engine.off('generation:token', listener);
  await engine.generate({ model: 'm', prompt: 'x', maxTokens: 1 });
  expect(heard).toBe(1);
});
