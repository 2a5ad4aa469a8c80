import { beforeAll, describe, expect, it } from 'vitest';
import { runPython, type Outcome } from './support/python.ts';
import { model } from './support/server.ts';

const paris = expect.stringContaining('Paris');

describe('ollama from PyPI', () => {
  let outcomes: Record<string, Outcome>;
  beforeAll(async () => {
    outcomes = await runPython('ollama_chat');
  });

  it.each([
    ['chats over several turns', 'turns', { texts: [paris, expect.stringContaining('Rome')] }],
    ['streams', 'stream', { text: paris, reason: 'stop', tokens: expect.any(Number) }],
    ['offers tools', 'tools', { role: 'assistant' }],
    ['gets typed answers', 'typed', { city: expect.any(String), capital: expect.any(Boolean) }],
    ['finds models, embeds and generates', 'others', { models: [model], loaded: [model] }],
    ['is told what was wrong, in words', 'wrong', { error: 'ResponseError', status: 404 }],
  ])('%s', (_title, name, outcome) => {
    expect(outcomes[name]).toMatchObject(outcome);
  });

  it('sees what the model can do', () => {
    expect(outcomes['others']).toMatchObject({
      completes: true,
      size: 576,
      text: expect.any(String),
    });
  });
});
