import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { promptBlocks, readDigest } from '../../../src/fleet/routing/index.js';
import type { PromptBlocks } from '../../../src/fleet/routing/index.js';

type Asked = Parameters<typeof promptBlocks>[0];
type Message = Extract<Asked['prompt'], { type: 'chat' }>['messages'][number];

const say = (role: string, content: string): Message => ({ role, content });
const chat = (...messages: Message[]): Asked => ({ prompt: { type: 'chat', messages } });
const system = say('system', 'You are careful. '.repeat(100));

const look = (image: string): PromptBlocks =>
  promptBlocks(
    chat(system, { role: 'user', content: null, parts: [{ text: '', image }] }, system),
    'key',
  );

function inCommon(left: PromptBlocks, right: PromptBlocks): number {
  const parted = left.names.findIndex((name, place) => name !== right.names[place]);
  return parted === -1 ? left.names.length : parted;
}

describe('promptBlocks', () => {
  it("the blocks of a conversation's earlier turns are those of its later ones", () => {
    const first = promptBlocks(chat(system, say('user', 'Hello '.repeat(100))), 'key');
    const later = promptBlocks(
      chat(system, say('user', 'Hello '.repeat(100)), say('assistant', 'Hi'), say('user', 'So?')),
      'key',
    );
    expect(first.names.length).toBeGreaterThan(7);
    expect(inCommon(first, later)).toBe(first.names.length);
  });

  it('conversations that begin alike have blocks in common up to where they part', () => {
    const one = promptBlocks(chat(system, say('user', 'Apples '.repeat(100))), 'key');
    const other = promptBlocks(chat(system, say('user', 'Pears '.repeat(100))), 'key');
    const shared = inCommon(one, other);
    expect(one.ends[shared - 1]).toBeLessThanOrEqual(1760);
    expect(one.ends[shared]).toBeGreaterThan(1700);
  });

  it('tenants, adapters, thinking, templates, tools and keys have nothing in common', () => {
    const request = chat(system);
    const all = [
      promptBlocks(request, 'key'),
      promptBlocks(request, 'other key'),
      promptBlocks({ ...request, tenant: 'a' }, 'key'),
      promptBlocks({ ...request, adapter: 'a' }, 'key'),
      promptBlocks({ ...request, reasoning: { enabled: true } }, 'key'),
      promptBlocks(
        { prompt: { type: 'chat', messages: [system], templateOptions: { a: 1 } } },
        'key',
      ),
      promptBlocks({ prompt: { type: 'chat', messages: [system], tools: [{ a: 1 }] } }, 'key'),
      promptBlocks({ prompt: { type: 'text', text: system.content ?? '' } }, 'key'),
    ];
    const names = all.flatMap(({ names: each }) => each);
    expect(new Set(names).size).toBe(names.length);
  });

  it('an image is told by what it shows, at the size that its tokens have', () => {
    const [cat, dog] = [look('cat '.repeat(100_000)), look('dog '.repeat(100_000))];
    expect(cat.length).toBe(dog.length);
    expect(cat.length).toBeLessThan(6000);
    expect(inCommon(cat, dog)).toBeGreaterThan(4);
    expect(inCommon(cat, dog)).toBeLessThan(10);
  });

  it('token ids are a prompt like any other', () => {
    const tokens = Array.from({ length: 1000 }, (_, index) => index);
    const whole = promptBlocks({ prompt: { type: 'tokens', tokens } }, 'key');
    const half = promptBlocks({ prompt: { type: 'tokens', tokens: tokens.slice(0, 500) } }, 'key');
    expect(inCommon(half, whole)).toBe(half.names.length);
    expect(half.names.length).toBeGreaterThan(5);
  });

  it('a prompt of any length has few blocks, in ascending order, within its text', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3_000_000 }), (length) => {
        const { names, ends } = promptBlocks(
          { prompt: { type: 'text', text: 'x'.repeat(length) } },
          '',
        );
        expect(names.length).toBe(ends.length);
        expect(names.length).toBeLessThan(130);
        expect(ends.every((end, place) => end > (ends[place - 1] ?? 0) && end <= length)).toBe(
          true,
        );
        const last = ends.at(-1) ?? 0;
        expect(length - last).toBeLessThanOrEqual(Math.max(256, last / 16));
      }),
      { numRuns: 10, seed: 22 },
    );
  });
});

it('a digest is read as runtimes write it, and a torn one as far as it goes', () => {
  expect(readDigest('AQAAAP////8=')).toEqual(new Set([1, 4_294_967_295]));
  expect(readDigest('AQAAAP//')).toEqual(new Set([1]));
  expect(readDigest('')).toEqual(new Set());
});
