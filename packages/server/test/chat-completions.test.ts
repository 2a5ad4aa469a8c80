import { ChatCompletionChunkSchema, ChatCompletionSchema } from '@mlx/schemas';
import { describe, expect, it } from 'vitest';
import { createHandler } from '../src/index.js';
import { errorOf, eventsOf, post, question } from './support/requests.js';
import { finished, MODEL, ScriptedEngine, tokens } from './support/scripted-engine.js';

const PATH = '/v1/chat/completions';

function setUp() {
  const engine = new ScriptedEngine();
  const handler = createHandler(engine);
  return { engine, ask: (body: object) => handler.fetch(post(PATH, { ...question, ...body })) };
}

describe('an answer in one piece', () => {
  it('is a chat completion with text, finish reason and usage', async () => {
    const { ask } = setUp();
    const response = await ask({});
    expect(response.status).toBe(200);
    const completion = ChatCompletionSchema.parse(await response.json());
    expect(completion.model).toBe(MODEL);
    expect(completion.choices).toMatchObject([
      { index: 0, message: { content: 'Hello world' }, finish_reason: 'stop' },
    ]);
    expect(completion.usage).toMatchObject({
      prompt_tokens: 5,
      completion_tokens: 2,
      total_tokens: 7,
      prompt_tokens_details: { cached_tokens: 2 },
    });
  });

  it('holds every answer that n asks for and counts the prompt once', async () => {
    const { ask } = setUp();
    const completion = ChatCompletionSchema.parse(await (await ask({ n: 3 })).json());
    expect(completion.choices.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(completion.usage).toMatchObject({ prompt_tokens: 5, completion_tokens: 6 });
  });

  it('says how much of a prediction the answers have, and how much was drafted', async () => {
    const { engine, ask } = setUp();
    engine.script(async function* script() {
      for (const index of [0, 1]) {
        const end = finished(9, index);
        const predicted = { acceptedPredictionTokens: 3, rejectedPredictionTokens: index };
        yield { ...end, stats: { ...end.stats, ...predicted, draftTokensAccepted: 2 } };
      }
    });
    const prediction = { type: 'content', content: 'Paris it is' };
    const { usage } = ChatCompletionSchema.parse(await (await ask({ n: 2, prediction })).json());
    expect(usage?.completion_tokens_details).toEqual({
      accepted_prediction_tokens: 6,
      rejected_prediction_tokens: 1,
      accepted_draft_tokens: 4,
    });
  });

  it('reports log-probabilities with bytes and alternatives', async () => {
    const { engine, ask } = setUp();
    engine.script(async function* script() {
      const top = [{ token: 7, text: 'é', logprob: -0.5 }];
      yield {
        type: 'token',
        token: 'é',
        logprobs: [{ token: 7, text: 'é', logprob: -0.5, top }],
      };
      yield {
        type: 'token',
        token: '',
        logprobs: [{ token: 8, text: '\uFFFD', logprob: -1, bytes: [0xf0, 0x9f], top }],
      };
      yield finished(2);
    });
    const response = await ask({ logprobs: true, top_logprobs: 1 });
    const { choices } = ChatCompletionSchema.parse(await response.json());
    expect(choices[0]?.logprobs?.content).toMatchObject([
      { token: 'é', logprob: -0.5, bytes: [195, 169], top_logprobs: [{ token: 'é' }] },
      { token: '\uFFFD', bytes: [0xf0, 0x9f] },
    ]);
  });
});

describe('a stream', () => {
  it('opens with the role, carries the text, ends with the reason and [DONE]', async () => {
    const { ask } = setUp();
    const response = await ask({ stream: true });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const events = await eventsOf(response);
    expect(events.at(-1)).toBe('[DONE]');
    const chunks = events.slice(0, -1).map((event) => {
      return ChatCompletionChunkSchema.parse(JSON.parse(event));
    });
    expect(chunks[0]?.choices[0]?.delta.role).toBe('assistant');
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(
      'Hello world',
    );
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop');
    expect(chunks.every((chunk) => !('usage' in chunk))).toBe(true);
  });

  it('ends with usage when asked for it, and with null usage before', async () => {
    const { ask } = setUp();
    const response = await ask({ stream: true, n: 2, stream_options: { include_usage: true } });
    const chunks = (await eventsOf(response)).slice(0, -1).map((event) => {
      return ChatCompletionChunkSchema.parse(JSON.parse(event));
    });
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 4 } });
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
  });

  it('that fails midway ends with an error event and without [DONE]', async () => {
    const { engine, ask } = setUp();
    engine.script(async function* script() {
      yield { type: 'token', token: 'Hel' };
      yield {
        type: 'error',
        error: { code: 'SidecarCrashed', message: 'The model process ended.' },
      };
    });
    const events = await eventsOf(await ask({ stream: true }));
    expect(JSON.parse(events.at(-1) ?? '')).toEqual({
      error: {
        message: 'The model process ended.',
        type: 'overloaded_error',
        param: null,
        code: 'sidecar_crashed',
      },
    });
    expect(events).not.toContain('[DONE]');
  });

  it('that fails before its first token is refused with a status', async () => {
    const { engine, ask } = setUp();
    engine.script(async function* script() {
      yield {
        type: 'error',
        error: {
          code: 'InvalidParams',
          message: 'The prompt has 9,000 tokens; the model reads 8,192.',
          details: { type: 'context_length_exceeded', param: 'messages' },
        },
      };
    });
    const response = await ask({ stream: true });
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({
      code: 'context_length_exceeded',
      param: 'messages',
    });
  });
});

describe('errors of the engine', () => {
  it('are named after the request parameter', async () => {
    const { engine, ask } = setUp();
    engine.script(async function* script() {
      yield {
        type: 'error',
        error: { code: 'InvalidParams', message: 'too many', details: { field: 'maxTokens' } },
      };
    });
    expect(await errorOf(await ask({}))).toMatchObject({ param: 'max_tokens' });
  });

  it('that pass with time say when to try again', async () => {
    const { engine, ask } = setUp();
    engine.script(async function* script() {
      yield { type: 'error', error: { code: 'Overloaded', message: 'The queue is full.' } };
    });
    const response = await ask({});
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(response.headers.has('x-should-retry')).toBe(false);
  });

  it('that would come again tell clients not to repeat the request', async () => {
    const { engine, ask } = setUp();
    const error = { code: 'SidecarCrashed', message: 'Crashed twice.', retryable: false } as const;
    engine.script(async function* script() {
      yield { type: 'error', error: { ...error, details: { type: 'quarantined' } } };
    });
    const response = await ask({});
    expect(response.status).toBe(500);
    expect(response.headers.get('x-should-retry')).toBe('false');
    expect(response.headers.has('retry-after')).toBe(false);
    expect(await errorOf(response)).toMatchObject({ code: 'quarantined' });
  });

  it('that nobody foresaw reveal nothing', async () => {
    const { engine, ask } = setUp();
    engine.script(() => {
      throw new Error('secret path /root/x');
    });
    const response = await ask({});
    expect(response.status).toBe(500);
    expect((await errorOf(response)).message).not.toContain('secret');
  });

  it('that cut an answer off never look like success', async () => {
    const { engine, ask } = setUp();
    engine.script(async function* script() {
      yield* tokens('Hel')({ model: MODEL }, new AbortController().signal);
      yield { ...finished(1), finishReason: 'cancelled' };
    });
    expect((await ask({})).status).toBe(499);
  });
});
