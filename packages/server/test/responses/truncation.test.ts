import type { ChatMessage } from '@mlx/schemas';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withinContext } from '../../src/responses/within-context.js';
import { errorOf } from '../support/requests.js';
import { setUpResponses } from '../support/response-client.js';
import { MODEL } from '../support/scripted-engine.js';

const say = (role: 'system' | 'user', content: string) => ({ role, content });
const answer = (content: string) => ({ role: 'assistant' as const, content });
const call = (id: string) => ({ type: 'function_call', call_id: id, name: 'f', arguments: '{}' });
const result = (id: string, output: string) => ({
  type: 'function_call_output',
  call_id: id,
  output,
});

/** What reached an engine of 128 characters, a quarter of which is for the answer. */
async function read(body: object) {
  const { engine, ask } = setUpResponses();
  const response = await ask({ truncation: 'auto', ...body });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ truncation: 'auto' });
  return engine.calls[0]?.messages?.map(({ content }) => content);
}

describe("a conversation that is too long, with truncation 'auto'", () => {
  const old = [say('user', 'a'.repeat(40)), answer('b'.repeat(40))];

  it('is read without its oldest exchanges', async () => {
    const newer = [say('user', 'c'.repeat(40)), answer('d'.repeat(30)), say('user', 'And?')];
    expect(await read({ input: [...old, ...newer] })).toEqual(newer.map(({ content }) => content));
  });

  it('keeps what the system says, wherever it says it', async () => {
    const input = [...old, say('system', 'Be kind.'), say('user', 'Who?')];
    expect(await read({ instructions: 'Be brief.', input })).toEqual([
      'Be brief.',
      'Be kind.',
      'Who?',
    ]);
  });

  it('loses the oldest calls of a long task together with their results', async () => {
    const input = [
      say('user', 'Do it.'),
      call('1'),
      result('1', 'x'.repeat(60)),
      call('2'),
      result('2', 'y'.repeat(60)),
    ];
    expect(await read({ input })).toEqual(['Do it.', null, 'y'.repeat(60)]);
  });

  it('leaves as much room as the request asks for', async () => {
    const input = [...old, say('user', 'c'.repeat(20))];
    expect(await read({ input, max_output_tokens: 16 })).toHaveLength(3);
    expect(await read({ input, max_output_tokens: 40 })).toHaveLength(1);
  });

  it('is counted as it is read', async () => {
    const { client } = setUpResponses();
    const input = [...old, say('user', 'c'.repeat(40))];
    const counted = { model: MODEL, input, truncation: 'auto' } as const;
    expect(await client.responses.inputTokens.count(counted)).toMatchObject({ input_tokens: 40 });
  });

  it('is read as it is where nothing was said, for the engine to refuse', async () => {
    const { engine, ask } = setUpResponses();
    await ask({ input: [...old, say('user', 'c'.repeat(90))] });
    expect(engine.calls[0]?.messages).toHaveLength(3);
  });

  it('with another word for it is refused with the words there are', async () => {
    const response = await setUpResponses().ask({ truncation: 'middle' });
    expect(await errorOf(response)).toMatchObject({
      param: 'truncation',
      message: expect.stringContaining('auto'),
    });
  });
});

describe('what is left out', () => {
  const role = fc.constantFrom('system', 'user', 'assistant', 'tool');
  const messages = fc
    .array(role, { maxLength: 12 })
    .map((roles) => roles.map((name, index) => ({ role: name, content: `${index}` })));

  it('is the least that makes it fit, never a call without its result, the question or the system', async () => {
    await fc.assert(
      fc.asyncProperty(messages, fc.nat(12), async (conversation, most) => {
        const tried: number[] = [];
        const kept = await withinContext(conversation, async (left) => {
          tried.push(left.length);
          return left.length <= most;
        });
        const isKept = (message: ChatMessage) => kept.includes(message);
        for (const [index, message] of conversation.entries()) {
          if (message.role === 'system') expect(isKept(message)).toBe(true);
          const before = conversation[index - 1];
          if (message.role !== 'tool' || before === undefined) continue;
          if (before.role !== 'system') expect(isKept(message)).toBe(isKept(before));
        }
        const question = conversation.findLast((message) => message.role === 'user');
        if (question) expect(kept).toContain(question);
        if (conversation.length <= most) expect(kept).toEqual(conversation);
        expect(kept).toEqual(conversation.filter(isKept));
        expect(tried.length).toBeLessThanOrEqual(6);
      }),
      { numRuns: 200 },
    );
  });
});
