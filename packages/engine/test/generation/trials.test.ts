import { expect, test } from 'vitest';
import { Trials, type Place } from '../../src/generation/trials.js';

function enter(trials: Trials, alone: boolean) {
  const taken: { place?: Place; giveUp: () => void } = { giveUp: () => undefined };
  taken.giveUp = trials.enter(alone, (place) => {
    taken.place = place;
  });
  return taken;
}

test('whoever is not on trial enters at once', () => {
  const trials = new Trials();
  const first = enter(trials, false);
  expect(first.place?.alone).toBe(true);
  const second = enter(trials, false);
  expect([first.place?.alone, second.place?.alone]).toEqual([false, false]);
});

test('a trial waits for those inside and keeps those behind it out, until it shares or leaves', () => {
  const trials = new Trials();
  const inside = enter(trials, false);
  const tried = enter(trials, true);
  const behind = enter(trials, false);
  expect([tried.place, behind.place]).toEqual([undefined, undefined]);
  inside.place?.leave();
  expect(tried.place?.alone).toBe(true);
  expect(behind.place).toBeUndefined();
  tried.place?.share();
  expect(behind.place?.alone).toBe(false);
});

test('trials come before others, one after the other', () => {
  const trials = new Trials();
  const first = enter(trials, true);
  const behind = enter(trials, false);
  const second = enter(trials, true);
  first.place?.leave();
  expect(second.place?.alone).toBe(true);
  expect(behind.place).toBeUndefined();
  second.place?.leave();
  expect(behind.place).toBeDefined();
});

test('who gives up waiting keeps nobody out', () => {
  const trials = new Trials();
  enter(trials, false);
  const tried = enter(trials, true);
  const behind = enter(trials, false);
  tried.giveUp();
  expect(behind.place).toBeDefined();
  expect(tried.place).toBeUndefined();
});
