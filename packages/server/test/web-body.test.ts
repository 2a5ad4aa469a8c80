import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { BodyWriter, type BodyOptions } from '../src/sse/body-writer.js';
import { webBody } from '../src/sse/web-body.js';

/** A body of what the source yields. */
function bodyOf(
  source: AsyncIterable<string>,
  changes: Partial<BodyOptions> = {},
): ReadableStream<Uint8Array> {
  return webBody((open) => {
    const body = new BodyWriter(open, {
      abort: new AbortController(),
      stallTimeoutMs: 10_000,
      keepAliveMs: 10_000,
      keepAliveText: () => ': keep-alive\n\n',
      ...changes,
    });
    void writeTo(body, source);
  }, undefined);
}

async function writeTo(body: BodyWriter, source: AsyncIterable<string>): Promise<void> {
  for await (const piece of source) {
    body.write(piece);
    if (body.full) await body.room();
    if (body.over) return;
  }
  body.end();
}

async function* repeat(piece: string, times: number): AsyncGenerator<string> {
  for (let count = 0; count < times; count += 1) yield piece;
}

describe('the body of a Response', () => {
  it('writes the first of an event-loop turn right away, and joins what follows in it', async () => {
    const decoder = new TextDecoder();
    const lengths: number[] = [];
    for await (const bytes of bodyOf(repeat('x', 100))) lengths.push(decoder.decode(bytes).length);
    expect(lengths).toEqual([1, 99]);
  });

  it('carries everything, however much more than the buffer it is', async () => {
    const stream = bodyOf(repeat('é'.repeat(1000), 500));
    expect(await text(stream)).toBe('é'.repeat(500_000));
  });

  it('does not read its source while nobody reads it', async () => {
    let produced = 0;
    const abort = new AbortController();
    const stream = bodyOf(
      (async function* source() {
        for await (const piece of repeat('x'.repeat(1000), 1000)) {
          produced += 1;
          yield piece;
        }
      })(),
      { abort },
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(produced).toBeLessThan(30);
    await stream.cancel('gone');
    expect(abort.signal.aborted).toBe(true);
  });

  it('keeps a silent connection open', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stream = bodyOf(
      (async function* source() {
        await promise;
        yield 'end';
      })(),
      { keepAliveMs: 5 },
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
    const stream = bodyOf(repeat('x'.repeat(1000), 1000), { abort, stallTimeoutMs: 5 });
    await new Promise((resolve) => abort.signal.addEventListener('abort', resolve));
    await expect(text(stream)).rejects.toThrow('read nothing for 5 ms');
  });
});
