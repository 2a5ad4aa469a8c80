import { describe, expect, it } from 'vitest';
import {
  cancelledError,
  errorFromChunk,
  isSlowConsumerError,
  slowConsumerError,
} from '../../src/index.js';

describe('an abort', () => {
  it('is an AbortError that keeps its reason', () => {
    const reason = new Error('changed my mind');
    const error = cancelledError(reason);
    expect(error).toMatchObject({ name: 'AbortError', code: 'Cancelled', cause: reason });
    expect(cancelledError(undefined, 'The engine was shut down.').message).toBe(
      'The engine was shut down.',
    );
  });

  it('of a signal whose time is up is a Timeout', async () => {
    const signal = AbortSignal.timeout(0);
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    expect(cancelledError(signal.reason)).toMatchObject({ code: 'Timeout', cause: signal.reason });
  });
});

it('the last chunk of a stream becomes the error that it tells of', () => {
  const details = { type: 'context_length_exceeded' };
  const error = errorFromChunk({
    type: 'error',
    error: { code: 'InvalidParams', message: 'Too long.', details, retryable: false },
  });
  expect(error).toMatchObject({ code: 'InvalidParams', message: 'Too long.', details });
  expect(error.retryable).toBe(false);
});

it('a forgotten stream is told apart from other timeouts', () => {
  const error = slowConsumerError('s1', 60_000.4);
  expect(error.message).toContain("Stream 's1' was unread");
  expect(error.message).toContain('60000 ms');
  expect(error.retryable).toBe(false);
  expect(isSlowConsumerError(error)).toBe(true);
  expect(isSlowConsumerError(cancelledError(undefined))).toBe(false);
  expect(isSlowConsumerError(undefined)).toBe(false);
});
