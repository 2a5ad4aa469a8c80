import { expect, it } from 'vitest';
import { gapBorders } from '@mlx/schemas/conventions';
import { GapMeter } from '../../src/generation/gap-meter.js';
import { readAll } from '../support/chunks.js';
import { EngineRecorder } from '../support/engine-recorder.js';
import { loadedEngine } from '../support/fake-engine.js';

it('a chunk tells of all its tokens; those that come with the first have waited for nothing', () => {
  const meter = new GapMeter();
  meter.handedOut(1000, 3);
  meter.handedOut(1040, 0);
  meter.handedOut(1080, 4);
  const { counts, sum } = meter.read();
  expect(sum).toBeCloseTo(0.08);
  expect(counts.reduce((total, count) => total + count)).toBe(6);
  expect(counts[0]).toBe(2);
  expect(counts[gapBorders.indexOf(0.025)]).toBe(4);
});

it.each([
  [{}, 9],
  [{ n: 3 }, 27],
  [{ streaming: false }, 9],
])('every token but the first of an answer has a gap: %j', async (params, gaps) => {
  const { engine } = await loadedEngine();
  const recorder = new EngineRecorder(engine);
  await readAll(engine.createGenerator({ model: 'm', prompt: 'Hi', maxTokens: 10, ...params }));
  const [completed] = recorder.of('generation:completed');
  expect(completed?.tokenGaps?.counts.reduce((total, count) => total + count)).toBe(gaps);
  expect(completed).toMatchObject({ queueTime: 0, prefillTime: 0, decodeTime: 0, draftTokens: 0 });
});
