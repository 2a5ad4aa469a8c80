import { describe, expect, it } from 'vitest';
import { createHandler } from '../src/index.js';
import { post } from './support/requests.js';
import { MODEL, ScriptedEngine } from './support/scripted-engine.js';

const hello = { model: MODEL, messages: [{ role: 'user', content: 'Hello' }] };
const tool = { name: 'look', input_schema: { type: 'object' } };

type Facts = Partial<Awaited<ReturnType<ScriptedEngine['capabilities']>>>;

function setUp(facts: Facts = {}) {
  const engine = new ScriptedEngine();
  const known = engine.capabilities.bind(engine);
  engine.capabilities = async (model) => ({ ...(await known(model)), ...facts });
  const handler = createHandler(engine);
  const ask = (body: object, headers: Record<string, string> = {}) =>
    handler.fetch(post('/v1/messages', { max_tokens: 2000, ...hello, ...body }, headers));
  const count = (body: object) =>
    handler.fetch(post('/v1/messages/count_tokens', { ...hello, ...body }));
  return { engine, ask, count };
}

const unthinking: Facts = {};
const thinking: Facts = { reasoning: true, reasoningOptions: ['enabled', 'budgetTokens'] };
const effortful: Facts = { reasoning: true, reasoningOptions: ['effort', 'budgetTokens'] };

describe('a field that only concerns the vendor’s service', () => {
  it.each([
    [{ context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] } }],
    [{ speed: 'fast' }],
    [{ diagnostics: { previous_message_id: 'msg_1' } }],
    [{ inference_geo: 'eu' }],
    [{ container: 'c_1' }],
    [{ service_tier: 'auto' }],
    [{ cache_control: { type: 'ephemeral' } }],
    [{ next_months_field: 1 }],
  ])('is accepted and named: %j', async (body) => {
    const { ask } = setUp();
    const response = await ask(body);
    expect(response.status).toBe(200);
    expect(response.headers.get('mlx-ignored')).toBe(Object.keys(body)[0]);
  });

  it('is absent when it is null', async () => {
    const { ask, engine } = setUp();
    const response = await ask({
      system: null,
      tools: null,
      tool_choice: null,
      stop_sequences: null,
      temperature: null,
      top_k: null,
      stream: null,
      thinking: null,
      metadata: null,
      output_config: null,
      output_format: null,
      context_management: null,
      thread: null,
      speed: null,
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('mlx-ignored')).toBeNull();
    expect(Object.keys(engine.calls[0] ?? {}).toSorted()).toEqual([
      'maxTokens',
      'messages',
      'model',
    ]);
  });
});

describe('thinking', () => {
  const enabled = { type: 'enabled', budget_tokens: 1024 };

  it.each([
    [unthinking, { thinking: enabled }, undefined, 'thinking, thinking.budget_tokens'],
    [unthinking, { thinking: { type: 'disabled' } }, { enabled: false }, null],
    [
      unthinking,
      { thinking: { type: 'adaptive', display: 'omitted' } },
      undefined,
      'thinking.display',
    ],
    [unthinking, { thinking: { type: 'between_tools' } }, undefined, null],
    [unthinking, { output_config: { effort: 'high' } }, undefined, 'output_config.effort'],
    [thinking, { thinking: enabled }, { enabled: true, budgetTokens: 1024 }, null],
    [thinking, { thinking: { type: 'adaptive', display: 'summarized' } }, undefined, null],
    [thinking, { thinking: { type: 'disabled' } }, { enabled: false }, null],
    [thinking, { output_config: { effort: 'low' } }, { enabled: true }, 'output_config.effort'],
    [
      thinking,
      { thinking: { type: 'enabled', budget_tokens: 5_000_000 } },
      { enabled: true, budgetTokens: 100_000 },
      null,
    ],
    [effortful, { output_config: { effort: 'max' } }, { effort: 'xhigh' }, null],
    [effortful, { thinking: { type: 'disabled' } }, { budgetTokens: 0 }, null],
    [
      effortful,
      { thinking: { type: 'disabled' }, output_config: { effort: 'high' } },
      { budgetTokens: 0 },
      null,
    ],
  ])('of a model with %j, asked for %j, is %j', async (facts, body, reasoning, named) => {
    const { engine, ask, count } = setUp(facts);
    const counted: unknown[] = [];
    engine.countTokens = async (request) => counted.push(request);
    const response = await ask(body);
    expect(response.status).toBe(200);
    expect(response.headers.get('mlx-ignored')).toBe(named);
    expect(engine.calls[0]?.reasoning).toEqual(reasoning);
    expect((await count(body)).headers.get('mlx-ignored')).toBe(named);
    expect(counted).toMatchObject([reasoning === undefined ? {} : { reasoning }]);
  });
});

describe('a tool', () => {
  it.each([
    ['defer_loading', true],
    ['eager_input_streaming', true],
    ['allowed_callers', ['code_execution_20250825']],
    ['input_examples', [{ city: 'Paris' }]],
    ['cache_control', { type: 'ephemeral' }],
    ['next_months_field', 1],
  ])('with %s %j is shown, and the field named', async (field, value) => {
    const { engine, ask } = setUp();
    const response = await ask({ tools: [{ ...tool, [field]: value }] });
    expect(response.status).toBe(200);
    expect(response.headers.get('mlx-ignored')).toBe(`tools[].${field}`);
    expect(engine.calls[0]?.tools).toEqual([{ name: 'look', parameters: { type: 'object' } }]);
  });

  it('whose fields ask for nothing is shown, and nothing named', async () => {
    const { engine, ask } = setUp();
    const nothing = {
      type: 'custom',
      description: null,
      strict: null,
      input_schema: null,
      defer_loading: false,
      input_examples: [],
      allowed_callers: ['direct'],
    };
    const response = await ask({ tools: [{ ...tool, ...nothing }] });
    expect(response.headers.get('mlx-ignored')).toBeNull();
    expect(engine.calls[0]?.tools).toEqual([{ name: 'look' }]);
  });

  it('that only the vendor’s service has is left out and named', async () => {
    const { engine, ask } = setUp();
    const hosted = { type: 'web_search_20250305', name: 'web_search', max_uses: 3 };
    const response = await ask({ tools: [hosted, { ...tool, type: null }] });
    expect(response.headers.get('mlx-ignored')).toBe('tools[].web_search_20250305');
    expect(engine.calls[0]?.tools).toMatchObject([{ name: 'look' }]);
  });

  it('may have a name of 128 letters', async () => {
    const { engine, ask } = setUp();
    const name = `mcp__${'a'.repeat(123)}`;
    expect((await ask({ tools: [{ ...tool, name }] })).status).toBe(200);
    expect(engine.calls[0]?.tools).toMatchObject([{ name }]);
  });

  it('that is named is called exactly once', async () => {
    const { engine, ask } = setUp();
    const choice = { type: 'tool', name: 'look', disable_parallel_tool_use: false };
    await ask({ tools: [tool], tool_choice: choice });
    expect(engine.calls[0]).toMatchObject({
      toolChoice: { name: 'look' },
      parallelToolCalls: false,
    });
  });
});

describe('a user', () => {
  it.each([
    ['alice', 'alice'],
    ['user_1_account_2_session_3f-4', 'user_1_account_2'],
    ['{"session_id":"1","device_id":"d"}', '{"device_id":"d"}'],
    ['{"device_id":"d","session_id":"2"}', '{"device_id":"d"}'],
    ['{broken', '{broken'],
  ])('called %j shares what is computed under %j', async (user_id, tenant) => {
    const { engine, ask } = setUp();
    await ask({ metadata: { user_id } });
    expect(engine.tenants).toEqual([tenant]);
  });

  it('with a long name has a short one', async () => {
    const { engine, ask } = setUp();
    await ask({ metadata: { user_id: 'a'.repeat(5000) } });
    expect(engine.tenants[0]).toMatch(/^[0-9a-f]{64}$/);
  });
});

it('a thread is refused in the words that tool runners know', async () => {
  const { ask } = setUp();
  const response = await ask({ thread: { type: 'create' } });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    type: 'error',
    error: {
      type: 'invalid_request_error',
      details: { error_code: 'thread_unsupported_request', unsupported: ['thread'] },
    },
  });
});
