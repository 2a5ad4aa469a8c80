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
        logprobs: [{ token: 8, text: '\uFFFD', logprob: -1, top }],
      };
      yield finished(2);
    });
    const response = await ask({ logprobs: true, top_logprobs: 1 });
    const { choices } = ChatCompletionSchema.parse(await response.json());
    expect(choices[0]?.logprobs?.content).toMatchObject([
      { token: 'é', logprob: -0.5, bytes: [195, 169], top_logprobs: [{ token: 'é' }] },
      { token: '\uFFFD', bytes: null },
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

describe('parameters', () => {
  it('reach the engine under its names', async () => {
    const { engine, ask } = setUp();
    await ask({
      frequency_penalty: 0.1,
      logit_bias: { '42': -100 },
      max_completion_tokens: 9,
      min_p: 0.05,
      presence_penalty: 0.2,
      repetition_penalty: 1.1,
      seed: -1,
      stop: 'END',
      stop_token_ids: [2],
      temperature: 0,
      top_k: 40,
      top_p: 0.9,
      priority: 5,
    });
    expect(engine.calls).toEqual([
      {
        model: MODEL,
        messages: [{ role: 'user', content: 'What is the capital of France?' }],
        frequencyPenalty: 0.1,
        logitBias: { '42': -100 },
        maxTokens: 9,
        minP: 0.05,
        presencePenalty: 0.2,
        repetitionPenalty: 1.1,
        seed: Number.MAX_SAFE_INTEGER,
        stopSequences: ['END'],
        stopTokenIds: [2],
        temperature: 0,
        topK: 40,
        topP: 0.9,
        priority: 5,
      },
    ]);
  });

  it('turn messages of every role into turns of the template', async () => {
    const { engine, ask } = setUp();
    const call = { id: 'c1', type: 'function', function: { name: 'add', arguments: '{}' } };
    const parts = [
      { type: 'text', text: 'one' },
      { type: 'text', text: 'two' },
    ];
    await ask({
      messages: [
        { role: 'developer', content: 'Be brief.', name: 'ops' },
        { role: 'user', content: parts },
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', content: '3', tool_call_id: 'c1' },
        { role: 'assistant', content: 'Three.' },
      ],
    });
    expect(engine.calls[0]?.messages).toEqual([
      { role: 'system', name: 'ops', content: 'Be brief.' },
      { role: 'user', content: 'one\ntwo' },
      {
        role: 'assistant',
        content: null,
        toolCalls: [{ id: 'c1', name: 'add', arguments: '{}' }],
      },
      { role: 'tool', content: '3', toolCallId: 'c1' },
      { role: 'assistant', content: 'Three.' },
    ]);
  });

  it.each([
    [{ temperature: 3 }, 'temperature', 'Number must be less than or equal to 2'],
    [{ max_tokens: -1 }, 'max_tokens', 'Number must be greater than or equal to 1'],
    [{ n: 1e9 }, 'n', 'Number must be less than or equal to 128'],
    [{ logprobs: true, top_logprobs: 1e6 }, 'top_logprobs', 'Number must be less'],
    [{ top_logprobs: 2 }, 'top_logprobs', "needs 'logprobs'"],
    [{ messages: [] }, 'messages', 'Cannot be empty'],
    [{ messages: [{ role: 'user' }] }, 'messages.0.content', 'Invalid'],
    [{ messages: [{ role: 'assistant' }] }, 'messages.0.content', 'Required'],
    [{ model: undefined }, 'model', 'Required'],
    [{ max_tokens: 1, max_completion_tokens: 2 }, 'max_completion_tokens', 'mean the same'],
    [{ stream_options: { include_usage: true } }, 'stream_options', "'stream' is true"],
    [{ colour: 'red' }, 'colour', "Unknown parameter: 'colour'"],
    [{ temprature: 1 }, 'temprature', 'Unknown parameter'],
  ])('that are wrong are refused by name: %j', async (body, param, message) => {
    const { engine, ask } = setUp();
    const response = await ask(body);
    expect(response.status).toBe(400);
    const error = await errorOf(response);
    expect(error).toMatchObject({ param, type: 'invalid_request_error' });
    expect(error.message).toContain(message);
    expect(engine.calls).toEqual([]);
  });

  it.each([
    [{ response_format: { type: 'json_object' } }, 'response_format'],
    [{ tools: [{ type: 'function', function: { name: 'add' } }] }, 'tools'],
    [{ reasoning_effort: 'high' }, 'reasoning_effort'],
    [{ modalities: ['text', 'audio'] }, 'modalities'],
    [{ store: true }, 'store'],
    [
      { stream: true, stream_options: { include_obfuscation: true } },
      'stream_options.include_obfuscation',
    ],
    [{ messages: [{ role: 'function', name: 'f', content: 'x' }] }, 'messages.0.role'],
    [
      {
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://a/b' } }] },
        ],
      },
      'messages.0.content.0',
    ],
  ])('that cannot be honoured are refused by name: %j', async (body, param) => {
    const { engine, ask } = setUp();
    const response = await ask(body);
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({ param, code: 'unsupported_parameter' });
    expect(engine.calls).toEqual([]);
  });

  it('that ask for nothing special are accepted', async () => {
    const { ask } = setUp();
    const body = {
      response_format: { type: 'text' },
      tools: [],
      store: false,
      modalities: ['text'],
    };
    expect((await ask(body)).status).toBe(200);
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
