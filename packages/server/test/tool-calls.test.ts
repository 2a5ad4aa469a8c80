import { ChatCompletionSchema, type GeneratorChunk } from '@mlx/schemas';
import { describe, expect, it } from 'vitest';
import { createHandler } from '../src/index.js';
import { errorOf, eventsOf, post } from './support/requests.js';
import { finished, MODEL, ScriptedEngine } from './support/scripted-engine.js';
import { openaiClient } from './support/openai-client.js';

const weather = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    description: 'The weather of a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } } },
  },
};
const messages = [{ role: 'user' as const, content: 'How is the weather?' }];
const question = { model: MODEL, messages, tools: [weather] };

const written: GeneratorChunk[] = [
  { type: 'reasoning', text: 'Let me ' },
  { type: 'reasoning', text: 'see.' },
  { type: 'token', token: 'I will look.' },
  { type: 'tool_call', toolCall: { index: 0, id: 'a', name: 'get_weather', arguments: '' } },
  { type: 'tool_call', toolCall: { index: 0, arguments: '{"city":' } },
  { type: 'tool_call', toolCall: { index: 0, arguments: '"Paris"}' } },
  {
    type: 'tool_call',
    toolCall: { index: 1, id: 'b', name: 'get_weather', arguments: '{"city":"Rome"}' },
  },
];
const called = [
  { id: 'a', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Paris"}' } },
  { id: 'b', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Rome"}' } },
];

function setUp(chunks: readonly GeneratorChunk[] = written) {
  const engine = new ScriptedEngine();
  engine.script(async function* script() {
    yield* chunks;
    const end = finished(9);
    yield { ...end, finishReason: 'tool_calls', stats: { ...end.stats, reasoningTokens: 4 } };
  });
  const handler = createHandler(engine);
  const client = openaiClient(handler);
  const ask = (body: object) =>
    handler.fetch(post('/v1/chat/completions', { ...question, ...body }));
  return { engine, client, ask };
}

describe('the official client', () => {
  it('finds calls and thoughts in a whole answer', async () => {
    const { client } = setUp();
    const { choices, usage } = await client.chat.completions.create(question);
    expect(choices).toMatchObject([
      {
        finish_reason: 'tool_calls',
        message: {
          content: 'I will look.',
          reasoning_content: 'Let me see.',
          reasoning: 'Let me see.',
          tool_calls: called,
        },
      },
    ]);
    expect(usage?.completion_tokens_details).toEqual({ reasoning_tokens: 4 });
  });

  it('puts calls together from a stream', async () => {
    const { client } = setUp();
    const stream = client.chat.completions.stream(question);
    const finishedCalls: unknown[] = [];
    stream.on('tool_calls.function.arguments.done', ({ name, arguments: text }) => {
      finishedCalls.push([name, text]);
    });
    const { choices } = await stream.finalChatCompletion();
    expect(choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { content: 'I will look.', tool_calls: called },
    });
    expect(finishedCalls).toEqual([
      ['get_weather', '{"city":"Paris"}'],
      ['get_weather', '{"city":"Rome"}'],
    ]);
  });

  it('runs tools by itself', async () => {
    const { engine, client } = setUp();
    let asked = 0;
    const first = written;
    engine.script(async function* script() {
      asked += 1;
      if (asked === 1) {
        yield* first;
        yield { ...finished(9), finishReason: 'tool_calls' };
      } else {
        yield { type: 'token', token: 'Fine in both.' };
        yield finished(4);
      }
    });
    const runner = client.chat.completions.runTools({
      model: MODEL,
      messages,
      tools: [
        {
          type: 'function',
          function: {
            ...weather.function,
            parse: JSON.parse,
            function: ({ city }: { city: string }) => `fine in ${city}`,
          },
        },
      ],
    });
    expect(await runner.finalContent()).toBe('Fine in both.');
    expect(engine.calls[1]?.messages?.slice(1)).toMatchObject([
      { role: 'assistant', toolCalls: [{ id: 'a' }, { id: 'b' }] },
      { role: 'tool', toolCallId: 'a', content: 'fine in Paris' },
      { role: 'tool', toolCallId: 'b', content: 'fine in Rome' },
    ]);
  });
});

describe('a stream', () => {
  it('sends thoughts under both names and a call by its index', async () => {
    const { ask } = setUp();
    const events = await eventsOf(await ask({ stream: true }));
    const deltas = events.slice(0, -1).map((event) => JSON.parse(event).choices[0].delta);
    expect(deltas.slice(1, -1)).toEqual([
      { reasoning_content: 'Let me ', reasoning: 'Let me ' },
      { reasoning_content: 'see.', reasoning: 'see.' },
      { content: 'I will look.' },
      {
        tool_calls: [{ ...called[0], index: 0, function: { name: 'get_weather', arguments: '' } }],
      },
      { tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '"Paris"}' } }] },
      { tool_calls: [{ ...called[1], index: 1 }] },
    ]);
  });

  it('of calls alone has no content', async () => {
    const { ask } = setUp(written.slice(3));
    const { choices } = ChatCompletionSchema.parse(await (await ask({})).json());
    expect(choices[0]?.message).toMatchObject({ content: null, tool_calls: called });
    expect(choices[0]?.message).not.toHaveProperty('reasoning');
  });
});

describe('a request', () => {
  it.each([
    [{ tool_choice: 'auto' }, { toolChoice: 'auto' }],
    [{ tool_choice: 'none' }, { toolChoice: 'none' }],
    [
      { tool_choice: 'required', parallel_tool_calls: false },
      { toolChoice: 'required', parallelToolCalls: false },
    ],
    [
      { tool_choice: { type: 'function', function: { name: 'get_weather' } } },
      { toolChoice: { name: 'get_weather' }, parallelToolCalls: false },
    ],
    [{ reasoning_effort: 'low' }, { reasoning: { effort: 'low' } }],
    [
      { reasoning: { max_tokens: 9, enabled: true } },
      { reasoning: { budgetTokens: 9, enabled: true } },
    ],
    [
      { chat_template_kwargs: { enable_thinking: false } },
      { templateOptions: { enable_thinking: false } },
    ],
  ])('%j reaches the engine', async (body, expected) => {
    const { engine, ask } = setUp();
    engine.thinks = true;
    expect((await ask(body)).status).toBe(200);
    const { description, name, parameters } = weather.function;
    expect(engine.calls[0]).toMatchObject({
      tools: [{ name, description, parameters }],
      ...expected,
    });
  });

  it('tells the model what it thought before', async () => {
    const { engine, ask } = setUp();
    await ask({
      messages: [...messages, { role: 'assistant', content: 'Hm.', reasoning_content: 'Why?' }],
    });
    expect(engine.calls[0]?.messages?.[1]).toMatchObject({ content: 'Hm.', reasoning: 'Why?' });
  });

  it.each([
    [{ tools: [{ type: 'function', function: { name: 'no spaces' } }] }, 'tools.0.function.name'],
    [{ tool_choice: 'sometimes' }, 'tool_choice'],
    [{ reasoning_effort: 'huge' }, 'reasoning_effort'],
    [{ functions: [{ name: 'f' }] }, 'functions'],
  ])('that makes no sense is refused by name: %j', async (body, param) => {
    const { ask } = setUp();
    const response = await ask(body);
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({ param });
  });
});
