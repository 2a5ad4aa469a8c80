import {
  AnthropicMessageSchema,
  AnthropicStreamEventSchema,
  type GeneratorChunk,
} from '@mlx/schemas';
import { describe, expect, it } from 'vitest';
import { createHandler } from '../src/index.js';
import { post } from './support/requests.js';
import { finished, MODEL, ScriptedEngine } from './support/scripted-engine.js';

const tool = {
  name: 'get_weather',
  description: 'The weather of a city',
  input_schema: { type: 'object', properties: { city: { type: 'string' } } },
};
const question = {
  model: MODEL,
  max_tokens: 99,
  messages: [{ role: 'user', content: 'How is the weather?' }],
  tools: [tool],
};
const written: GeneratorChunk[] = [
  { type: 'reasoning', text: 'Let me ' },
  { type: 'reasoning', text: 'see.' },
  { type: 'token', token: 'I will look.' },
  { type: 'token', token: '' },
  { type: 'tool_call', toolCall: { index: 0, id: 'a', name: 'get_weather', arguments: '' } },
  { type: 'tool_call', toolCall: { index: 0, arguments: '{"city":' } },
  { type: 'tool_call', toolCall: { index: 0, arguments: '"Paris"}' } },
  { type: 'tool_call', toolCall: { index: 1, id: 'b', name: 'get_weather', arguments: '{}' } },
];

function setUp(chunks: readonly GeneratorChunk[] = written) {
  const engine = new ScriptedEngine();
  engine.script(async function* script() {
    yield* chunks;
    yield { ...finished(9), finishReason: 'tool_calls' };
  });
  const handler = createHandler(engine);
  const ask = (body: object, path = '/v1/messages') =>
    handler.fetch(post(path, { ...question, ...body }));
  return { engine, ask };
}

async function streamOf(response: Response) {
  const text = await response.text();
  return [...text.matchAll(/^data: (.+)$/gm)].map(([, data]) =>
    AnthropicStreamEventSchema.parse(JSON.parse(data ?? '')),
  );
}

describe('a message', () => {
  it('has a block for thoughts, for text and for each call', async () => {
    const { ask } = setUp();
    const message = AnthropicMessageSchema.parse(await (await ask({})).json());
    expect(message).toMatchObject({
      content: [
        { type: 'thinking', thinking: 'Let me see.' },
        { type: 'text', text: 'I will look.' },
        { type: 'tool_use', id: 'a', name: 'get_weather', input: { city: 'Paris' } },
        { type: 'tool_use', id: 'b', name: 'get_weather', input: {} },
      ],
      stop_reason: 'tool_use',
    });
  });

  it('whose call was cut off has no input', async () => {
    const { ask } = setUp(written.slice(4, 6));
    const { content } = AnthropicMessageSchema.parse(await (await ask({})).json());
    expect(content).toMatchObject([{ type: 'tool_use', id: 'a', input: {} }]);
  });

  it('is streamed block by block, with input as pieces of JSON', async () => {
    const { ask } = setUp();
    const events = await streamOf(await ask({ stream: true }));
    expect(events.slice(1, -2)).toEqual([
      {
        type: 'content_block_start',
        index: 0,
        content_block: { type: 'thinking', thinking: '', signature: '' },
      },
      {
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'thinking_delta', thinking: 'Let me ' },
      },
      {
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'thinking_delta', thinking: 'see.' },
      },
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
      {
        type: 'content_block_delta',
        index: 1,
        delta: { type: 'text_delta', text: 'I will look.' },
      },
      { type: 'content_block_stop', index: 1 },
      {
        type: 'content_block_start',
        index: 2,
        content_block: { type: 'tool_use', id: 'a', name: 'get_weather', input: {} },
      },
      {
        type: 'content_block_delta',
        index: 2,
        delta: { type: 'input_json_delta', partial_json: '{"city":' },
      },
      {
        type: 'content_block_delta',
        index: 2,
        delta: { type: 'input_json_delta', partial_json: '"Paris"}' },
      },
      { type: 'content_block_stop', index: 2 },
      {
        type: 'content_block_start',
        index: 3,
        content_block: { type: 'tool_use', id: 'b', name: 'get_weather', input: {} },
      },
      {
        type: 'content_block_delta',
        index: 3,
        delta: { type: 'input_json_delta', partial_json: '{}' },
      },
      { type: 'content_block_stop', index: 3 },
    ]);
  });

  it('without a word has one empty block of text', async () => {
    const { ask } = setUp([]);
    const events = await streamOf(await ask({ stream: true }));
    expect(events.slice(1, 3).map(({ type }) => type)).toEqual([
      'content_block_start',
      'content_block_stop',
    ]);
  });
});

describe('a request', () => {
  const { name, description, input_schema: parameters } = tool;

  it.each([
    [{ tool_choice: { type: 'auto' } }, { toolChoice: 'auto' }],
    [{ tool_choice: { type: 'none' } }, { toolChoice: 'none' }],
    [
      { tool_choice: { type: 'any', disable_parallel_tool_use: true } },
      { toolChoice: 'required', parallelToolCalls: false },
    ],
    [
      { tool_choice: { type: 'tool', name: 'get_weather' } },
      { toolChoice: { name: 'get_weather' } },
    ],
    [
      { thinking: { type: 'enabled', budget_tokens: 2000 } },
      { reasoning: { enabled: true, budgetTokens: 2000 } },
    ],
    [{ thinking: { type: 'disabled' } }, { reasoning: { enabled: false } }],
  ])('%j reaches the engine', async (body, expected) => {
    const { engine, ask } = setUp();
    engine.thinks = true;
    expect((await ask(body)).status).toBe(200);
    expect(engine.calls[0]).toMatchObject({
      tools: [{ name, description, parameters }],
      ...expected,
    });
  });

  it('for a call of a tool that only the vendor has is refused by its type', async () => {
    const { ask, engine } = setUp();
    const search = { type: 'web_search_20250305', name: 'web_search' };
    const choice = { type: 'tool', name: 'web_search' };
    const response = await ask({ ...question, tools: [tool, search], tool_choice: choice });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: {
        message:
          "Invalid 'tool_choice.name': This server has no tool of type 'web_search_20250305'.",
        details: { param: 'tool_choice.name' },
      },
    });
    expect(engine.calls).toEqual([]);
  });

  it('tells of a tool that failed', async () => {
    const { engine, ask } = setUp();
    await ask({
      messages: [
        ...question.messages,
        {
          role: 'assistant',
          content: [{ type: 'tool_use', id: 't', name: 'get_weather', input: {} }],
        },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 't', content: 'no city', is_error: true }],
        },
      ],
    });
    expect(engine.calls[0]?.messages?.at(-1)).toEqual({
      role: 'tool',
      toolCallId: 't',
      content: 'Error: no city',
    });
  });

  it('is counted with its tools', async () => {
    const { engine, ask } = setUp();
    const counted: unknown[] = [];
    engine.countTokens = async (request) => counted.push(request);
    const { max_tokens: _, ...body } = question;
    await ask({ ...body, max_tokens: undefined }, '/v1/messages/count_tokens');
    expect(counted).toMatchObject([{ tools: [{ name, description, parameters }] }]);
  });
});
