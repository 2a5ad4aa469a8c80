import { APICallError, generateText } from 'ai';
import { describe, expect, it } from 'vitest';
import { createMlx } from '../../src/index.js';
import { options } from '../support/calls.js';
import { server } from '../support/http-server.js';

describe('a refusal', () => {
  it.for([
    [429, {}, true],
    [503, {}, true],
    [500, { 'x-should-retry': 'false' }, false],
    [400, {}, false],
  ] as const)(
    'with status %i may be tried again or not',
    async ([status, headers, isRetryable]) => {
      const body = JSON.stringify({ error: { message: 'Own words', type: 't', code: 'c' } });
      const { mlx } = server(() => new Response(body, { status, headers }));
      const failure = mlx('m').doStream(options());
      await expect(failure).rejects.toSatisfy((error) => APICallError.isInstance(error));
      await expect(failure).rejects.toMatchObject({
        message: 'Own words',
        statusCode: status,
        isRetryable,
        data: { code: 'c' },
      });
    },
  );

  it.for([
    ['{"error":"plain words"}', 'plain words'],
    ['<html>Bad gateway</html>', '502: <html>Bad gateway</html>'],
    ['', 'The server answered 502 Bad Gateway'],
    ['[]', '502: []'],
  ] as const)('of a proxy keeps its words: %j', async ([body, message]) => {
    const { mlx } = server(() => new Response(body, { status: 502, statusText: 'Bad Gateway' }));
    await expect(mlx('m').doGenerate(options())).rejects.toMatchObject({ message });
  });

  it('by the network names the address, and may be tried again', async () => {
    const { mlx } = server(() => {
      throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
    });
    await expect(mlx('m').doGenerate(options())).rejects.toMatchObject({
      message:
        'No server answers at http://127.0.0.1:8484/v1/chat/completions: connect ECONNREFUSED',
      isRetryable: true,
    });
  });

  it.each(['localhost:8484', '127.0.0.1:8484', 'ftp://127.0.0.1'])(
    'of an address that is none says so, and is not tried again: %s',
    async (baseURL) => {
      let asked = 0;
      const fetch = async () => Promise.reject(new TypeError(`request ${(asked += 1)}`));
      const model = createMlx({ baseURL, fetch })('m');
      await expect(generateText({ model, prompt: 'Hi' })).rejects.toThrow(
        `baseURL must be like http://127.0.0.1:8484, not '${baseURL}'.`,
      );
      expect(asked).toBe(0);
    },
  );

  it('by the caller is the reason of the signal', async () => {
    const { mlx } = server(() => {
      throw new DOMException('aborted', 'AbortError');
    });
    const abortSignal = AbortSignal.abort(new Error('enough'));
    await expect(mlx('m').doGenerate(options({ abortSignal }))).rejects.toThrow('enough');
  });
});
