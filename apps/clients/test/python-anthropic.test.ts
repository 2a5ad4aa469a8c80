import { beforeAll, describe, expect, it } from 'vitest';
import { runPython, type Outcome } from './support/python.ts';
import { model, untilIdle } from './support/server.ts';

const typed = { city: expect.any(String), capital: expect.any(Boolean) };
const twoTurns = [expect.stringContaining('Paris'), expect.stringContaining('Rome')];
const paris = expect.stringContaining('Paris');

describe('anthropic from PyPI', () => {
  let outcomes: Record<string, Outcome>;
  beforeAll(async () => {
    outcomes = await runPython('anthropic_messages');
  });

  it.each([
    ['chats, and replays whole dumps', 'turns', { texts: twoTurns }],
    ['streams', 'stream', { text: paris, usage: { output_tokens: expect.any(Number) } }],
    ['calls a tool', 'tools', { name: 'get_weather', reason: 'tool_use', reply: 'assistant' }],
    ['parses typed answers', 'typed', typed],
    ['calls tools beside typed answers', 'typed_with_tools', { called: 'get_weather', ...typed }],
    ['runs tools by its runner', 'runs_tools', { calls: 2 }],
    ['counts exactly what is charged', 'counted', { difference: 0 }],
    ['lists the models', 'listed', { models: [['model', model]] }],
    ['gets its own error classes', 'wrong', { error: 'BadRequestError', status: 400 }],
    ['leaves a stream', 'left', { type: 'message_start' }],
  ])('%s', (_title, name, outcome) => {
    expect(outcomes[name]).toMatchObject(outcome);
  });

  it('has taken its work along', untilIdle);
});

describe('pydantic-ai over Anthropic’s API', () => {
  let outcomes: Record<string, Outcome>;
  beforeAll(async () => {
    outcomes = await runPython('pydantic_ai_messages');
  });

  it.each([
    ['chats over several turns', 'turns', { texts: twoTurns, tokens: expect.any(Number) }],
    ['streams', 'stream', { text: paris }],
    ['is answered by a model that cannot think as asked', 'thinks', { text: paris }],
    ['gets typed answers by a tool', 'typed_by_tool', typed],
    ['knows a prompt that is too long', 'too_long', { error: 'ModelContextWindowExceededError' }],
  ])('%s', (_title, name, outcome) => {
    expect(outcomes[name]).toMatchObject(outcome);
  });
});
