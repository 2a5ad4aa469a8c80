import { beforeAll, describe, expect, it } from 'vitest';
import { runPython, type Outcome } from './support/python.ts';

const paris = expect.stringContaining('Paris');
const rome = expect.stringContaining('Rome');
const typed = { city: expect.any(String), capital: expect.any(Boolean) };

describe('openai from PyPI over responses', () => {
  let outcomes: Record<string, Outcome>;
  beforeAll(async () => {
    outcomes = await runPython('openai_responses');
  });

  it.each([
    ['answers, and replays whole dumps', 'turns', { texts: [paris, rome] }],
    ['streams', 'stream', { text: paris, status: 'completed', total: expect.any(Number) }],
    ['calls a tool', 'tools', { name: 'get_weather', type: 'function_call', next: 'response' }],
    ['parses typed answers', 'typed', typed],
    ['goes on from a response that is stored', 'stored', { text: rome }],
    ['gets its own error classes', 'wrong', { error: 'BadRequestError', status: 400 }],
  ])('%s', (_title, name, outcome) => {
    expect(outcomes[name]).toMatchObject(outcome);
  });
});

describe('openai-agents from PyPI over responses', () => {
  let outcomes: Record<string, Outcome>;
  beforeAll(async () => {
    outcomes = await runPython('openai_agents');
  });

  it.each([
    ['answers over several turns', 'turns', { texts: [paris, rome] }],
    ['streams', 'stream', { text: paris, raw: true }],
    ['runs a tool', 'tools', { items: ['tool_call_item', 'tool_call_output_item'] }],
    ['hands over to another agent', 'handoff', { last: 'expert' }],
    ['gets typed answers', 'typed', typed],
    ['gets typed answers with tools at hand', 'typed_with_tools', typed],
  ])('%s', (_title, name, outcome) => {
    expect(outcomes[name]).toMatchObject(outcome);
  });
});

describe('litellm over responses', () => {
  let outcomes: Record<string, Outcome>;
  beforeAll(async () => {
    outcomes = await runPython('litellm_responses');
  });

  it.each([
    ['answers', 'answers', { text: paris, status: 'completed' }],
    ['streams', 'stream', { text: paris, last: expect.stringMatching(/completed/i) }],
    ['knows a prompt that is too long', 'too_long', { status: 400 }],
  ])('%s', (_title, name, outcome) => {
    expect(outcomes[name]).toMatchObject(outcome);
  });
});
