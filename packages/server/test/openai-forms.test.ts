import { EngineClientError } from '@mlx/schemas';
import { describe, expect, it } from 'vitest';
import { createHandler } from '../src/index.js';
import { errorOf, post, question } from './support/requests.js';
import { MODEL, ScriptedEngine } from './support/scripted-engine.js';

function setUp() {
  const engine = new ScriptedEngine();
  const handler = createHandler(engine);
  const ask = (body: object, path = '/v1/chat/completions') =>
    handler.fetch(post(path, { ...question, ...body }));
  /** What the engine was asked, beside the model and the question. */
  const asked = async (body: object) => {
    const response = await ask(body);
    expect(await response.clone().text()).not.toContain('"error"');
    const { model: _, messages, ...params } = engine.calls.at(-1) ?? { model: '' };
    return { messages, params, ignored: response.headers.get('mlx-ignored') };
  };
  return { engine, ask, asked };
}

const call = { id: 'c1', type: 'function', function: { name: 'add', arguments: '{}' } };

const tool = (name: string, more: object = {}) => ({
  type: 'function',
  function: { name, ...more },
});

/** Two tools, of which one may be called. */
const allowing = (name: string) => ({
  tools: [tool('a'), tool('b')],
  tool_choice: {
    type: 'allowed_tools',
    allowed_tools: { mode: 'required', tools: [tool(name)] },
  },
});

describe('a value that says nothing', () => {
  it.each([
    { stop: [] },
    { stop: '' },
    { stop: [''] },
    { top_k: -1 },
    { max_tokens: -1 },
    { max_completion_tokens: -1 },
    { seed: -1 },
    { stream_options: {} },
    { stream: true, stream_options: { include_usage: null } },
    { tools: null, tool_choice: null, response_format: null, n: null },
    { tools: [], parallel_tool_calls: null, logit_bias: null },
  ])('is as good as none: %j', async (body) => {
    const { asked } = setUp();
    const { params, ignored } = await asked(body);
    expect(params).toEqual({});
    expect(ignored).toBeNull();
  });

  it('is left out of a list of stop texts', async () => {
    const { asked } = setUp();
    expect((await asked({ stop: ['\n', ''] })).params).toEqual({ stopSequences: ['\n'] });
  });

  it('lets a completion go on as long as it will', async () => {
    const { engine, ask } = setUp();
    await ask({ messages: null, prompt: 'a', max_tokens: -1 }, '/v1/completions');
    await ask({ messages: null, prompt: 'a' }, '/v1/completions');
    expect(engine.calls).toEqual([
      { model: MODEL, prompt: 'a' },
      { model: MODEL, prompt: 'a', maxTokens: 16 },
    ]);
  });
});

describe('a limit', () => {
  it('is the smaller one of two', async () => {
    const { asked } = setUp();
    const { params } = await asked({ max_tokens: 5, max_completion_tokens: 9 });
    expect(params).toEqual({ maxTokens: 5 });
  });

  it('beyond all models has no effect, which is told', async () => {
    const { asked } = setUp();
    const { params, ignored } = await asked({ max_tokens: 1_000_000 });
    expect(params).toEqual({ maxTokens: 100_000 });
    expect(ignored).toBe('max_tokens');
  });
});

it('a seed of any size is one', async () => {
  const { asked } = setUp();
  const { params } = await asked({ seed: 2 ** 64 });
  expect(params.seed).toBeGreaterThanOrEqual(0);
  expect(params.seed).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER);
  expect((await asked({ seed: 2 ** 64 })).params).toEqual(params);
});

describe('a history', () => {
  it.each([
    [
      {
        role: 'assistant',
        content: 'Hi',
        refusal: null,
        annotations: [],
        audio: null,
        function_call: null,
        tool_calls: null,
        name: null,
      },
      { content: 'Hi' },
    ],
    [{ role: 'assistant', content: null }, { content: '' }],
    [{ role: 'assistant' }, { content: '' }],
    [{ role: 'assistant', content: null, tool_calls: [] }, { content: '' }],
    [{ role: 'assistant', content: [] }, { content: '' }],
    [
      { role: 'assistant', content: null, reasoning_content: 'Hm.' },
      { content: '', reasoning: 'Hm.' },
    ],
    [
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Hm.', signature: '' },
          { type: 'output_text', text: 'Hello wor' },
          { type: 'text', text: 'ld' },
        ],
      },
      { content: 'Hello world', reasoning: 'Hm.' },
    ],
    [
      { role: 'assistant', tool_calls: [{ ...call, type: undefined }] },
      { content: null, toolCalls: [{ id: 'c1', name: 'add', arguments: '{}' }] },
    ],
    [{ role: 'system', content: [] }, { content: '' }],
    [{ role: 'developer', content: [{ type: 'input_text', text: 'a' }] }, { content: 'a' }],
    [{ role: 'user', name: null, content: [{ type: 'text', text: 'a' }] }, { content: 'a' }],
    [
      { role: 'tool', tool_call_id: 'c1', content: null },
      { content: '', toolCallId: 'c1' },
    ],
    [
      { role: 'tool', tool_call_id: 'c1' },
      { content: '', toolCallId: 'c1' },
    ],
  ])('is taken as SDKs and editors dump it: %j', async (message, expected) => {
    const { asked } = setUp();
    const { messages } = await asked({ messages: [...question.messages, message] });
    const role = message.role === 'developer' ? 'system' : message.role;
    expect(messages?.at(-1)).toEqual({ role, ...expected });
  });

  it.each([
    [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }],
    [{ type: 'image_url', image_url: 'https://example.com/a.png' }],
  ])('with a picture is refused by the place of it: %j', async (part) => {
    const { ask } = setUp();
    const response = await ask({ messages: [{ role: 'user', content: [part] }] });
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({ param: 'messages.0.content.0' });
  });

  it('may end with an answer to go on with', async () => {
    const { asked } = setUp();
    const messages = [...question.messages, { role: 'assistant', content: 'The capital' }];
    const body = { messages, continue_final_message: true, add_generation_prompt: false };
    expect((await asked(body)).params).toEqual({ continueFinalMessage: true });
  });
});

describe('tools', () => {
  it.each([
    [{ parameters: null, description: null, strict: null }, {}],
    [{ parameters: {} }, { parameters: {} }],
    [
      { parameters: { type: 'object', properties: null, required: null } },
      { parameters: { type: 'object' } },
    ],
  ])('without parameters are taken however they are written: %j', async (more, expected) => {
    const { asked } = setUp();
    const { params } = await asked({ tools: [tool('f', more)] });
    expect(params).toEqual({ tools: [{ name: 'f', ...expected }] });
  });

  it('may be narrowed to those that are allowed', async () => {
    const { asked, ask } = setUp();
    const { params } = await asked(allowing('b'));
    expect(params).toEqual({ tools: [{ name: 'b' }], toolChoice: 'required' });
    expect(await errorOf(await ask(allowing('c')))).toMatchObject({
      param: 'tool_choice.allowed_tools.tools.0',
    });
  });
});

describe('a form of the answer', () => {
  const schema = { type: 'integer' };

  it.each([
    [{ type: 'json_object', schema }, {}],
    [{ type: 'json_schema', schema }, { strict: false }],
    [
      { type: 'json_schema', strict: true, json_schema: { schema, description: null } },
      { strict: false },
    ],
    [
      { type: 'json_schema', json_schema: { name: 'List[Item] of mine', schema, strict: null } },
      { strict: false },
    ],
    [{ type: 'json_schema', json_schema: { schema, strict: true } }, { strict: true }],
  ])('is taken in every way that clients write it: %j', async (format, strictness) => {
    const { asked } = setUp();
    const { params } = await asked({ response_format: format });
    expect(params).toEqual({ structured: { schema, format: 'json', ...strictness } });
  });
});

describe('an error', () => {
  it.each([
    [{ messages: [{ role: 'robot', content: 'a' }] }, 'messages.0.role', "'assistant'", '"robot"'],
    [{ tool_choice: 'sometimes' }, 'tool_choice', "'required'", '"sometimes"'],
    [{ response_format: { type: 'xml' } }, 'response_format.type', "'json_schema'", '"xml"'],
  ])('lists the allowed values: %j', async (body, param, allowed, received) => {
    const { ask } = setUp();
    const error = await errorOf(await ask(body));
    expect(error.param).toBe(param);
    expect(error.message).toContain(allowed);
    expect(error.message).toContain(`received ${received}`);
  });

  it('about a tool names it, by the place where the client put its schema', async () => {
    const { engine, ask } = setUp();
    // oxlint-disable-next-line require-yield
    engine.script(async function* refuse() {
      throw new EngineClientError('GuidanceError', 'It cannot be held', {
        details: { type: 'invalid_grammar', param: 'tools.1.parameters' },
      });
    });
    const tools = ['a', 'b'].map((name) => ({ type: 'function', function: { name } }));
    const error = await errorOf(await ask({ tools }));
    expect(error.param).toBe('tools.1.function.parameters');
    expect(error.message).toContain("'b'");
  });
});
