import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { byteStream, type ByteStreamOptions } from '../src/sse/byte-stream.js';

function options(changes: Partial<ByteStreamOptions> = {}): ByteStreamOptions {
  return {
    abort: new AbortController(),
    disconnect: undefined,
    stallTimeoutMs: 10_000,
    keepAliveMs: 10_000,
    keepAliveText: ': keep-alive\n\n',
    ...changes,
  };
}

async function* repeat(piece: string, times: number): AsyncGenerator<string> {
  for (let count = 0; count < times; count += 1) yield piece;
}

async function* broken(): AsyncGenerator<string> {
  yield 'x';
  throw new Error('broken');
}

describe('a byte stream', () => {
  it('joins what comes within one turn of the event loop', async () => {
    let chunks = 0;
    for await (const _ of byteStream(repeat('x', 100), options())) chunks += 1;
    expect(chunks).toBe(1);
  });

  it('carries everything, however much more than the buffer it is', async () => {
    const stream = byteStream(repeat('é'.repeat(1000), 500), options());
    expect(await text(stream)).toBe('é'.repeat(500_000));
  });

  it('does not read its source while nobody reads it', async () => {
    let produced = 0;
    const abort = new AbortController();
    const stream = byteStream(
      (async function* source() {
        for await (const piece of repeat('x'.repeat(1000), 1000)) {
          produced += 1;
          yield piece;
        }
      })(),
      options({ abort }),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(produced).toBeLessThan(30);
    await stream.cancel('gone');
    expect(abort.signal.aborted).toBe(true);
  });

  it('keeps a silent connection open', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stream = byteStream(
      (async function* source() {
        await promise;
        yield 'end';
      })(),
      options({ keepAliveMs: 5 }),
    );
    const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe(': keep-alive\n\n');
    resolve();
    let rest = '';
    for (let part = await reader.read(); !part.done; part = await reader.read()) rest += part.value;
    expect(rest.endsWith('end')).toBe(true);
  });

  it('fails when it stalls and there is no connection to end', async () => {
    const abort = new AbortController();
    const stream = byteStream(
      repeat('x'.repeat(1000), 1000),
      options({ abort, stallTimeoutMs: 5 }),
    );
    await new Promise((resolve) => abort.signal.addEventListener('abort', resolve));
    await expect(text(stream)).rejects.toThrow('read nothing for 5 ms');
  });

  it('fails when its source does', async () => {
    await expect(text(byteStream(broken(), options()))).rejects.toThrow('broken');
  });
});
