import { describe, expect, it } from 'vitest';
import { options, readAll } from '../support/calls.js';
import { delta, done, event, server, stop, stream, usage } from '../support/http-server.js';

const piece = (index: number, text: string, more: object = {}) =>
  event({ tool_calls: [{ index, ...more, function: { arguments: text, ...more } }] });

describe('an answer', () => {
  it('is read however its bytes are cut', async () => {
    const bytes = new TextEncoder().encode(
      `: keep-alive\r\n\r\n${delta('Grüße 👋').replaceAll('\n', '\r\n')}event: x\n${stop}${usage}${done}`,
    );
    for (let cut = 1; cut < bytes.length; cut += 7) {
      const { mlx } = server(() => stream(bytes.slice(0, cut), bytes.slice(cut)));
      const { content, finishReason, usage: counted } = await mlx('m').doGenerate(options());
      expect(content).toEqual([{ type: 'text', text: 'Grüße 👋' }]);
      expect(finishReason.unified).toBe('stop');
      expect(counted).toMatchObject({
        inputTokens: { total: 9, noCache: 5, cacheRead: 4 },
        outputTokens: { total: 2, text: 1, reasoning: 1 },
      });
    }
  });

  it('has thoughts and calls', async () => {
    const { mlx } = server(() =>
      stream(
        event({ reasoning_content: 'Hm', reasoning: 'Hm' }),
        piece(0, '{"a"', { id: 'c', name: 't' }),
        piece(0, ':1}'),
        delta('', { finish_reason: 'tool_calls' }),
        done,
      ),
    );
    const { content, finishReason } = await mlx('m').doGenerate(options());
    expect(content).toEqual([
      { type: 'reasoning', text: 'Hm' },
      { type: 'tool-call', toolCallId: 'c', toolName: 't', input: '{"a":1}' },
    ]);
    expect(finishReason.unified).toBe('tool-calls');
  });

  it('that ends without saying so was interrupted', async () => {
    for (const texts of [[delta('A')], [delta('A'), stop]]) {
      const { mlx } = server(() => stream(...texts));
      const { finishReason, content } = await mlx('m').doGenerate(options());
      expect(finishReason.unified).toBe('interrupted');
      expect(content).toEqual([{ type: 'text', text: 'A' }]);
    }
  });

  it('that breaks off is an error that may be tried again', async () => {
    let pulls = 0;
    const broken = () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            pulls += 1;
            if (pulls % 2 === 1) controller.enqueue(new TextEncoder().encode(delta('A')));
            else controller.error(new TypeError('terminated'));
          },
        }),
      );
    const { mlx } = server(broken);
    const parts = await readAll((await mlx('m').doStream(options())).stream);
    expect(parts.slice(-2)).toMatchObject([
      { type: 'error', error: { isRetryable: true, cause: { message: 'terminated' } } },
      { type: 'finish', finishReason: { unified: 'error' } },
    ]);
  });

  it('that is no JSON is an error', async () => {
    const { mlx } = server(() => stream('data: oops\n\n'));
    await expect(mlx('m').doGenerate(options())).rejects.toThrow('not JSON');
  });

  it.for([
    [{ message: 'Gone', type: 'overloaded_error', code: 'sidecar_crashed' }, true],
    [{ message: 'Late', type: 'server_error', code: 'timeout' }, true],
    [{ message: 'Bad', type: 'server_error', code: 'internal_error' }, false],
    [{ message: 'No', type: 'invalid_request_error', code: null }, false],
  ] as const)('tells an error in its own words: %j', async ([error, isRetryable]) => {
    const { mlx } = server(() => stream(delta('A'), `data: ${JSON.stringify({ error })}\n\n`));
    const parts = await readAll((await mlx('m').doStream(options())).stream);
    expect(parts.filter(({ type }) => type === 'error')).toMatchObject([
      { error: { message: error.message, isRetryable, data: error } },
    ]);
  });
});
