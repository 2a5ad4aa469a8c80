import type { GeneratorChunk } from '@mlx/schemas';
import { expect, test } from 'vitest';
import { collectAnswer } from '../../src/generation/collect-answer.js';
import { combineStats } from '../../src/generation/answer-meter.js';
import { rejection } from '../support/chunks.js';

async function* stream(...chunks: GeneratorChunk[]) {
  yield* chunks;
}

const stats = { tokensGenerated: 2, tokensPerSecond: 4, timeToFirstToken: 1, totalTime: 2 };

test('the text of all chunks, and how it ended', async () => {
  const end: GeneratorChunk = { type: 'metadata', stats, finishReason: 'stop' };
  const chunks: GeneratorChunk[] = [
    { type: 'token', token: 'a' },
    { type: 'token', token: 'b' },
    end,
  ];
  expect(await collectAnswer(stream(...chunks))).toEqual({
    text: 'ab',
    reasoning: '',
    toolCalls: [],
    end,
  });
});

test('an error chunk is thrown as the error it tells of', async () => {
  const error = { code: 'Timeout' as const, message: 'slow', retryable: false, details: { a: 1 } };
  expect(await rejection(collectAnswer(stream({ type: 'error', error })))).toMatchObject(error);
});

test('a stream without an end is an error', async () => {
  expect(await rejection(collectAnswer(stream()))).toMatchObject({ code: 'InternalError' });
});

test('several answers are counted together', () => {
  const predicted = { acceptedPredictionTokens: 2, rejectedPredictionTokens: 1 };
  const first = { ...stats, ...predicted };
  const later = { ...first, timeToFirstToken: 3, totalTime: 5 };
  expect(combineStats(first, later)).toEqual({
    tokensGenerated: 4,
    tokensPerSecond: 8,
    timeToFirstToken: 1,
    totalTime: 5,
    acceptedPredictionTokens: 4,
    rejectedPredictionTokens: 2,
  });
});
