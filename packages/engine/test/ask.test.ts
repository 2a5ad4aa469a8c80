import { expect, test } from 'vitest';
import { ask } from '../src/index.js';
import { rejection } from './support/chunks.js';

test('a question whose model does not load ends in one sentence and the line that asked', async () => {
  const error = await rejection(ask('Hi', { model: './missing' }));
  expect(error).toMatchObject({
    code: 'ModelLoadError',
    details: { reason: 'model-not-found' },
    message: expect.stringContaining('There is no model directory at'),
  });
  expect(error).not.toHaveProperty('cause');
  const { stack = '', message } = error as Error;
  const [sentence, asked] = stack.split('\n');
  expect(sentence).toBe(`EngineClientError: ${message}`);
  expect(asked).toContain('ask.test.ts');
});
