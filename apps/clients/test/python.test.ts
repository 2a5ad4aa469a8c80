import { beforeAll, describe, expect, it } from 'vitest';
import { runPython, type Outcome } from './support/python.ts';
import { untilIdle } from './support/server.ts';

const typed = { city: expect.any(String), capital: expect.any(Boolean) };
const twoTurns = [expect.stringContaining('Paris'), expect.stringContaining('Rome')];
const paris = expect.stringContaining('Paris');

describe('openai from PyPI', () => {
  let outcomes: Record<string, Outcome>;
  beforeAll(async () => {
    outcomes = await runPython('openai_chat');
  });

  it.each([
    ['chats, and replays whole dumps', 'turns', { texts: twoTurns }],
    ['streams', 'stream', { text: paris, usage: expect.anything() }],
    ['calls a tool', 'tools', { name: 'get_weather', reason: 'tool_calls', reply: 'assistant' }],
    ['parses typed answers', 'typed', typed],
    ['calls tools beside typed answers', 'typed_with_tools', { called: 'get_weather', ...typed }],
    ['gets its own error classes', 'wrong', { error: 'BadRequestError', status: 400 }],
    ['leaves a stream', 'left', { role: 'assistant' }],
    ['completes and embeds', 'others', { text: paris, size: 576 }],
  ])('%s', (_title, name, outcome) => {
    expect(outcomes[name]).toMatchObject(outcome);
  });

  it('has taken its work along', untilIdle);
});

describe('pydantic-ai', () => {
  let outcomes: Record<string, Outcome>;
  beforeAll(async () => {
    outcomes = await runPython('pydantic_ai_chat');
  });

  it.each([
    ['chats over several turns', 'turns', { texts: twoTurns, tokens: expect.any(Number) }],
    ['streams', 'stream', { text: paris }],
    ['gets typed answers in its native way', 'typed_natively', typed],
    ['gets typed answers by a tool', 'typed_by_tool', typed],
    ['gets typed answers with tools at hand', 'typed_with_tools', typed],
    [
      'knows a prompt that is too long',
      'too_long',
      { kinds: expect.arrayContaining(['ModelHTTPError']) },
    ],
  ])('%s', (_title, name, outcome) => {
    expect(outcomes[name]).toMatchObject(outcome);
  });
});

describe('litellm', () => {
  let outcomes: Record<string, Outcome>;
  beforeAll(async () => {
    outcomes = await runPython('litellm_chat');
  });

  it.each([
    ['chats, and replays whole dumps', 'turns', { texts: twoTurns }],
    ['streams', 'stream', { text: paris, tokens: expect.any(Number) }],
    ['calls a tool', 'tools', { name: 'get_weather', reason: 'tool_calls' }],
    ['embeds', 'embeds', { size: 576 }],
    [
      'knows a prompt that is too long, so that its fallbacks start',
      'too_long',
      {
        openai: 'ContextWindowExceededError',
        hosted_vllm: 'ContextWindowExceededError',
        lm_studio: 'ContextWindowExceededError',
      },
    ],
  ])('%s', (_title, name, outcome) => {
    expect(outcomes[name]).toMatchObject(outcome);
  });
});
