import { expect, test } from 'vitest';
import { StreamCollector } from '../src/client/stream-collector.ts';
import { decodeRate, gaps, timeToFirstToken } from '../src/client/stream-record.ts';

const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const token = (content: string): string => event({ choices: [{ delta: { content } }] });
const usage = event({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 3 } });
const DONE = 'data: [DONE]\n\n';

test('pieces are timed when they arrive, wherever the bytes were cut', () => {
  const collector = new StreamCollector(1000);
  collector.feed(event({ choices: [{ delta: { content: '' } }] }), 1010);
  collector.feed(token('a').slice(0, 9), 1050);
  collector.feed(token('a').slice(9), 1100);
  collector.feed(token('b'), 1150);
  collector.feed(token('c'), 1300);
  collector.feed(usage + DONE, 1310);
  const record = collector.finish();
  expect(record.text).toBe('abc');
  expect(timeToFirstToken(record)).toBe(100);
  expect(gaps(record)).toEqual([50, 150]);
  expect(decodeRate(record)).toBe(10);
  expect(record.endedAt).toBe(1310);
});

test('a stream that ends without [DONE] is no result', () => {
  const collector = new StreamCollector(0);
  collector.feed(token('a') + usage, 1);
  expect(() => collector.finish()).toThrow('without [DONE]');
});

test('a stream without usage is no result: its tokens cannot be counted', () => {
  const collector = new StreamCollector(0);
  collector.feed(token('a') + DONE, 1);
  expect(() => collector.finish()).toThrow('usage');
});

test('an error in mid-stream is thrown', () => {
  const collector = new StreamCollector(0);
  expect(() => collector.feed(event({ error: { message: 'out of luck' } }), 1)).toThrow(
    'out of luck',
  );
});

test('comment lines, which mlx_lm.server sends to keep a connection alive, are no tokens', () => {
  const collector = new StreamCollector(0);
  collector.feed(`: keepalive 1/2\n\n${token('a')}${usage}${DONE}`, 5);
  expect(collector.finish().textAt).toEqual([5]);
});
