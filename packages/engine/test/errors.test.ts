import { EngineClientError } from '@mlx/schemas';
import { expect, test } from 'vitest';
import { toEngineError } from '../src/support/errors.js';

test('whatever is thrown becomes an engine error that keeps it as its cause', () => {
  const cause = new TypeError('odd');
  expect(toEngineError(cause)).toMatchObject({ code: 'UnknownError', message: 'odd', cause });
  expect(toEngineError('words')).toMatchObject({ code: 'UnknownError', message: 'words' });
});

test('an engine error stays what it is', () => {
  const error = new EngineClientError('Timeout', 'too late');
  expect(toEngineError(error)).toBe(error);
});
