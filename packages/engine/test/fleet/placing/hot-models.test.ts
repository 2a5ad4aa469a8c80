import { expect, test } from 'vitest';
import { HotModels } from '../../../src/fleet/placing/hot-models.js';

/** Asks every 100 ms; the moments at which the model was hot. */
function hotAt(loads: readonly number[], hot = new HotModels({ afterMs: 500 })): number[] {
  return loads.flatMap((load, look) =>
    hot.isHot('m', { load, slots: 8 }, look * 100) ? [look * 100] : [],
  );
}

const times = (count: number, load: number) => Array.from({ length: count }, () => load);

test('a model is hot once its slots have been taken for as long as was asked for', () => {
  expect(hotAt(times(8, 8))).toEqual([500, 600, 700]);
});

test('a burst, and bursts one after the other, leave it where it is', () => {
  const burst = [...times(5, 20), ...times(2, 3)];
  expect(hotAt([...burst, ...burst, ...burst])).toEqual([]);
});

test('a moment with a place does not begin the count anew; a quiet one does', () => {
  expect(hotAt([8, 8, 8, 7, 8, 8])).toEqual([500]);
  expect(hotAt([8, 8, 8, 5, 8, 8])).toEqual([]);
});

test('after another worker has it, what that changes is waited for', () => {
  const hot = new HotModels({ afterMs: 500 });
  expect(hotAt(times(6, 8), hot)).toEqual([500]);
  hot.spread('m', 600);
  const moments = Array.from({ length: 40 }, (_, look) => 600 + look * 100);
  const next = moments.find((now) => hot.isHot('m', { load: 8, slots: 8 }, now));
  expect(next).toBe(600 + 5 * 500);
});

test('each model is counted for itself, and one without requests is not hot', () => {
  const hot = new HotModels({ afterMs: 500 });
  hot.isHot('m', { load: 8, slots: 8 }, 0);
  expect(hot.isHot('other', { load: 8, slots: 8 }, 600)).toBe(false);
  expect(hot.isHot('m', { load: 8, slots: 8 }, 600)).toBe(true);
  expect(hot.isHot('idle', { load: 0, slots: 0 }, 0)).toBe(false);
  expect(hot.isHot('idle', { load: 0, slots: 0 }, 9999)).toBe(false);
});

test('an adapter is counted for itself, and forgotten with its model', () => {
  const hot = new HotModels({ afterMs: 500 });
  const full = { load: 8, slots: 8 };
  hot.isHot('m', full, 0, 'law');
  expect(hot.isHot('m', full, 600)).toBe(false);
  expect(hot.isHot('m', full, 600, 'law')).toBe(true);
  hot.forget('m');
  expect(hot.isHot('m', full, 700, 'law')).toBe(false);
});
