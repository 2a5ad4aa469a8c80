import { describe, expect, test } from 'vitest';
import { Random } from '../src/random.ts';
import { newAnswers, type AnswerRecord } from '../src/requests/answer-record.ts';
import { judge } from '../src/requests/judge.ts';
import { drawRecipes } from '../src/requests/recipe.ts';
import { drawRequest, type RequestPlan } from '../src/requests/request-plan.ts';

const reference = [{ text: 'one two three', tokens: [1, 2, 3] }];
const crash = { code: 'SidecarCrashed', retryable: true, message: 'killed' };

function planned(changes: Partial<RequestPlan> = {}): RequestPlan {
  const random = new Random(1);
  const options = { recipes: drawRecipes(random, 1, 8), models: ['m'], faultRate: 0 };
  const plan = drawRequest(random, 0, options);
  return { ...plan, resume: false, behaviour: { kind: 'reads' }, ...changes };
}

function answer(changes: Partial<AnswerRecord>): AnswerRecord[] {
  return newAnswers(1).map((empty) => ({ ...empty, ...changes }));
}

function faults(changes: Partial<AnswerRecord>, crashes = 0, plan = planned()): string[] {
  const outcome = { kind: 'ended', answers: answer(changes) } as const;
  return judge(plan, outcome, { reference, crashes });
}

describe('an answer', () => {
  test('that is the undisturbed one is right', () => {
    expect(faults({ text: 'one two three', tokens: [1, 2, 3], ends: ['complete'] })).toEqual([]);
  });

  test.each([
    ['another text', { text: 'one two four', ends: ['complete'] }, /text differs/],
    ['a shorter text', { text: 'one two', ends: ['complete'] }, /text differs/],
    ['tokens twice', { text: 'one two', tokens: [1, 1, 2], ends: [crash] }, /tokens differ/],
    ['no end', { text: 'one' }, /silent/],
    ['two ends', { text: 'one two three', ends: ['complete', 'complete'] }, /2 ends/],
    ['a chunk after its end', { text: 'one', ends: [crash], strays: 1 }, /after the end/],
  ] satisfies [string, Partial<AnswerRecord>, RegExp][])('with %s is wrong', (_, record, why) => {
    expect(faults(record, 1).join()).toMatch(why);
  });
});

describe('an error', () => {
  test('of a crash is right when there was one and nothing was promised beyond it', () => {
    expect(faults({ text: 'one', ends: [crash] }, 1)).toEqual([]);
    expect(faults({ text: 'one', ends: [crash] }, 0).join()).toContain('without a crash');
    const resumed = planned({ resume: true });
    expect(faults({ text: 'one', ends: [crash] }, 1, resumed).join()).toContain('resumed');
    const final = { ...crash, retryable: false };
    expect(faults({ text: 'one', ends: [final] }, 1).join()).toContain('not retryable');
    expect(faults({ text: 'one', ends: [final] }, 2)).toEqual([]);
  });

  test('of an abort needs somebody who aborted', () => {
    const error = { code: 'Cancelled', retryable: false, message: 'aborted' };
    const aborting = planned({ behaviour: { kind: 'aborts', after: 1 } });
    expect(faults({ text: 'one', ends: [error] }).join()).toContain('nobody aborted');
    expect(faults({ text: 'one', ends: [error] }, 0, aborting)).toEqual([]);
  });

  test('that was never promised is wrong', () => {
    const error = { code: 'UnknownError', retryable: false, message: 'oops' };
    expect(faults({ ends: [error] }).join()).toContain('oops');
  });
});

function drawTwenty(seed: number): RequestPlan[] {
  const random = new Random(seed);
  const options = { recipes: drawRecipes(random, 5, 8), models: ['a', 'b'], faultRate: 0.5 };
  return Array.from({ length: 20 }, (_, index) => drawRequest(random, index, options));
}

test('the same seed draws the same requests', () => {
  expect(drawTwenty(42)).toEqual(drawTwenty(42));
  expect(drawTwenty(42)).not.toEqual(drawTwenty(43));
});
