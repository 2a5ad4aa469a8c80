import { CompletionSchema } from '@mlx/schemas';
import { describe, expect, it } from 'vitest';
import { createHandler } from '../src/index.js';
import { errorOf, eventsOf, post } from './support/requests.js';
import { finished, MODEL, ScriptedEngine } from './support/scripted-engine.js';

function setUp() {
  const engine = new ScriptedEngine();
  const handler = createHandler(engine);
  const complete = (body: object) =>
    handler.fetch(post('/v1/completions', { model: MODEL, prompt: 'Once', ...body }));
  return { engine, complete };
}

describe('a completion', () => {
  it('is a text completion with OpenAI’s default length', async () => {
    const { engine, complete } = setUp();
    const completion = CompletionSchema.parse(await (await complete({})).json());
    expect(completion.choices).toMatchObject([
      { index: 0, text: 'Hello world', finish_reason: 'stop', logprobs: null },
    ]);
    expect(engine.calls).toEqual([{ model: MODEL, prompt: 'Once', maxTokens: 16 }]);
  });

  it('takes token ids', async () => {
    const { engine, complete } = setUp();
    await complete({ prompt: [1, 2, 3] });
    expect(engine.calls[0]?.prompt).toEqual({ tokens: [1, 2, 3] });
  });

  it('answers several prompts, several times each, numbered prompt by prompt', async () => {
    const { complete } = setUp();
    const response = await complete({ prompt: ['a', 'b'], n: 2 });
    const { choices, usage } = CompletionSchema.parse(await response.json());
    expect(choices.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(usage).toMatchObject({ prompt_tokens: 10, completion_tokens: 8 });
  });

  it('streams text and ends with [DONE]', async () => {
    const { complete } = setUp();
    const response = await complete({ stream: true, prompt: [[1], [2]] });
    const events = await eventsOf(response);
    expect(events.at(-1)).toBe('[DONE]');
    const texts = ['', ''];
    for (const event of events.slice(0, -1)) {
      const [choice] = CompletionSchema.parse(JSON.parse(event)).choices;
      if (choice) texts[choice.index] += choice.text;
    }
    expect(texts).toEqual(['Hello world', 'Hello world']);
  });

  it('reports log-probabilities as lists, with offsets into the text', async () => {
    const { engine, complete } = setUp();
    engine.script(async function* script() {
      for (const text of ['Hi', '!']) {
        const top = [{ token: 1, text, logprob: -0.1 }];
        yield { type: 'token', token: text, logprobs: [{ token: 1, text, logprob: -0.1, top }] };
      }
      yield finished(2);
    });
    const response = await complete({ logprobs: 1 });
    const { choices } = CompletionSchema.parse(await response.json());
    expect(choices[0]?.logprobs).toEqual({
      tokens: ['Hi', '!'],
      token_logprobs: [-0.1, -0.1],
      top_logprobs: [{ Hi: -0.1 }, { '!': -0.1 }],
      text_offset: [0, 2],
    });
  });

  it('has the token that was taken among the likely ones, also where it is not', async () => {
    const { engine, complete } = setUp();
    engine.script(async function* unlikely() {
      const top = [{ token: 2, text: 'Ho', logprob: -0.1 }];
      yield { type: 'token', token: 'Hi', logprobs: [{ token: 1, text: 'Hi', logprob: -3, top }] };
      yield finished(1);
    });
    const response = await complete({ logprobs: 1 });
    const { choices } = CompletionSchema.parse(await response.json());
    expect(choices[0]?.logprobs?.top_logprobs).toEqual([{ Hi: -3, Ho: -0.1 }]);
  });

  it.each([
    [{ suffix: 'end' }, 'suffix'],
    [{ best_of: 5 }, 'best_of'],
    [{ max_tokens: 0 }, 'max_tokens'],
    [{ prompt: [] }, 'prompt'],
    [{ max_completion_tokens: 5 }, 'max_completion_tokens'],
  ])('refuses %j by name', async (body, param) => {
    const { engine, complete } = setUp();
    const response = await complete(body);
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({ param });
    expect(engine.calls).toEqual([]);
  });

  it('echoes its prompts with their log-probabilities when nothing new is asked for', async () => {
    const { engine, complete } = setUp();
    const echo = { echo: true, max_tokens: 0, logprobs: 1, temperature: 0 };
    const response = await complete({ ...echo, prompt: ['abc', 'd'] });
    const { choices, usage } = CompletionSchema.parse(await response.json());
    expect(choices).toMatchObject([
      {
        index: 0,
        text: 'abc',
        finish_reason: 'length',
        logprobs: {
          tokens: ['a', 'b', 'c'],
          token_logprobs: [null, -1, -2],
          top_logprobs: [null, { b: -1 }, { c: -2 }],
          text_offset: [0, 1, 2],
        },
      },
      { index: 1, text: 'd', logprobs: { token_logprobs: [null] } },
    ]);
    expect(usage).toEqual({ prompt_tokens: 4, completion_tokens: 0, total_tokens: 4 });
    expect(engine.calls).toEqual([]);
  });

  it.each([{ n: 2 }, { stream: true }, { best_of: 2 }, { suffix: 'x' }, { prompt: '' }])(
    'refuses to echo with %j',
    async (body) => {
      const { complete } = setUp();
      const response = await complete({ echo: true, max_tokens: 0, ...body });
      expect(response.status).toBe(400);
      expect(await errorOf(response)).toMatchObject({ param: Object.keys(body)[0] });
    },
  );

  it('of which one prompt fails, fails', async () => {
    const { engine, complete } = setUp();
    engine.script(async function* script({ prompt }) {
      if (prompt === 'bad') {
        yield { type: 'error', error: { code: 'GenerationError', message: 'It broke.' } };
        return;
      }
      yield finished(1);
    });
    expect((await complete({ prompt: ['good', 'bad'] })).status).toBe(500);
    expect(engine.running).toBe(0);
  });
});
