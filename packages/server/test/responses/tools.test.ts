import { describe, expect, it } from 'vitest';
import { errorOf } from '../support/requests.js';
import { call, ended, setUpResponses } from '../support/response-client.js';

const parameters = { type: 'object', properties: { city: { type: 'string' } } };
const weather = { type: 'function', name: 'get_weather', description: 'Of a city', parameters };
const time = { type: 'function', name: 'get_time', parameters: null, strict: null };
const files = {
  type: 'namespace',
  name: 'mcp__files__',
  description: 'Files',
  tools: [{ type: 'function', name: 'read', parameters }],
};
const patch = {
  type: 'custom',
  name: 'apply',
  description: 'Changes files.',
  format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' },
};

/** The arguments of a function that takes one text. */
function input(pattern: object) {
  return {
    type: 'object',
    properties: { input: { type: 'string', ...pattern } },
    required: ['input'],
    additionalProperties: false,
  };
}

async function asked(body: object) {
  const { engine, ask } = setUpResponses();
  const response = await ask(body);
  if (!response.ok) throw new Error(JSON.stringify(await errorOf(response)));
  return { params: engine.calls[0], ignored: response.headers.get('mlx-ignored') };
}

async function refused(body: object) {
  const { ask } = setUpResponses();
  const response = await ask(body);
  return { status: response.status, ...(await errorOf(response)) };
}

describe('the tools', () => {
  it('reach the model; hosted ones are left out and named', async () => {
    const { params, ignored } = await asked({
      tools: [weather, time, { type: 'web_search', external_web_access: false }],
    });
    expect(params?.tools).toEqual([
      { name: 'get_weather', description: 'Of a city', parameters },
      { name: 'get_time' },
    ]);
    expect(ignored).toContain('tools[web_search]');
  });

  it('of a namespace carry its name, and their calls tell both', async () => {
    const { engine, events } = setUpResponses([
      ...call(0, 'call_1', 'mcp__files__read', '{}'),
      ended('tool_calls'),
    ]);
    const seen = await events({ tools: [files] });
    expect(engine.calls[0]?.tools).toMatchObject([{ name: 'mcp__files__read' }]);
    expect(seen.findLast((event) => 'item' in event)).toMatchObject({
      item: { type: 'function_call', namespace: 'mcp__files__', name: 'read' },
    });
    const replayed = await asked({
      input: [
        {
          type: 'function_call',
          call_id: '1',
          name: 'read',
          namespace: 'mcp__files__',
          arguments: '{}',
        },
        { type: 'function_call_output', call_id: '1', output: 'a' },
      ],
    });
    expect(replayed.params?.messages?.[0]?.toolCalls).toMatchObject([{ name: 'mcp__files__read' }]);
  });

  it('with names too long for a model get shorter ones that stay apart', async () => {
    const name = 'n'.repeat(50);
    const tools = ['a', 'b'].map((letter) => ({
      ...files,
      name: letter.repeat(40),
      tools: [{ type: 'function', name }],
    }));
    const shown = (await asked({ tools })).params?.tools?.map((tool) => tool.name) ?? [];
    expect(new Set(shown).size).toBe(2);
    for (const one of shown) expect(one).toMatch(/^[ab]{40}__n+_[0-9a-f]{8}$/);
    for (const one of shown) expect(one).toHaveLength(64);
  });

  it('without JSON are functions of one text, told of their grammar', async () => {
    const regex = { ...patch, format: { type: 'grammar', syntax: 'regex', definition: 'a|b' } };
    const { params, ignored } = await asked({ tools: [patch, { ...regex, name: 'choose' }] });
    expect(params?.tools).toMatchObject([
      { name: 'apply', parameters: input({}) },
      { name: 'choose', parameters: input({ pattern: '^(?:a|b)$' }) },
    ]);
    expect(params?.tools?.[0]?.description).toContain('start: "a"');
    expect(ignored).toBe('tools[].format');
  });

  it('without JSON are called with plain text, while the model writes it', async () => {
    const { engine, events } = setUpResponses([
      ...call(0, 'call_1', 'apply', '{"inp', 'ut": "a\\', 'n\\u00e', '9\\ud83d\\ude00 \\"', 'b"}'),
      ended('tool_calls'),
    ]);
    const seen = await events({ tools: [patch] });
    const deltas = seen.flatMap((event) =>
      event.type === 'response.custom_tool_call_input.delta' ? [event.delta] : [],
    );
    expect(deltas).toEqual(['a', '\n', 'é😀 "', 'b']);
    expect(seen.findLast((event) => 'item' in event)).toMatchObject({
      item: { type: 'custom_tool_call', call_id: 'call_1', name: 'apply', input: 'a\né😀 "b' },
    });
    expect(engine.calls).toHaveLength(1);
    const replayed = await asked({
      input: [
        { type: 'custom_tool_call', call_id: 'call_1', name: 'apply', input: 'a "b' },
        { type: 'custom_tool_call_output', call_id: 'call_1', output: 'done' },
      ],
    });
    expect(replayed.params?.messages).toEqual([
      {
        role: 'assistant',
        content: null,
        toolCalls: [{ id: 'call_1', name: 'apply', arguments: '{"input":"a \\"b"}' }],
      },
      { role: 'tool', toolCallId: 'call_1', content: 'done' },
    ]);
  });
});

describe('tool_choice', () => {
  it.each([
    ['auto', 'auto'],
    ['none', 'none'],
    ['required', 'required'],
    [{ type: 'function', name: 'get_time' }, { name: 'get_time' }],
    [{ type: 'function', name: 'read' }, { name: 'mcp__files__read' }],
    [{ type: 'custom', name: 'apply' }, { name: 'apply' }],
  ])('%j asks the engine for %j', async (choice, expected) => {
    const tools = [weather, time, files, patch];
    const { params } = await asked({ tools, tool_choice: choice });
    expect(params?.toolChoice).toEqual(expected);
    expect(params?.tools).toHaveLength(4);
  });

  it('of allowed tools leaves the others out', async () => {
    const choice = {
      type: 'allowed_tools',
      mode: 'required',
      tools: [{ type: 'function', name: 'get_time' }, { type: 'web_search' }],
    };
    const { params } = await asked({ tools: [weather, time], tool_choice: choice });
    expect(params).toMatchObject({ tools: [{ name: 'get_time' }], toolChoice: 'required' });
  });

  it.each([
    [{ type: 'function', name: 'nothing' }, 'tool_choice.name'],
    [{ type: 'web_search_preview' }, 'tool_choice.type'],
    [
      { type: 'allowed_tools', tools: [{ type: 'function', name: 'x' }] },
      'tool_choice.tools.0.name',
    ],
  ])('%j, which nothing can answer, is refused', async (choice, param) => {
    expect(await refused({ tools: [weather], tool_choice: choice })).toMatchObject({
      status: 400,
      param,
    });
  });

  it('that asks for a call is refused where all tools were left out', async () => {
    const body = { tools: [{ type: 'web_search' }], tool_choice: 'required' };
    expect(await refused(body)).toMatchObject({ status: 400, param: 'tool_choice' });
  });
});

it('a fault in a tool is named by the place that the request has it at', async () => {
  const { engine, ask } = setUpResponses();
  engine.script(async function* script() {
    const details = { field: 'tools.1.parameters' };
    yield { type: 'error', error: { code: 'InvalidParams', message: 'No schema', details } };
  });
  const response = await ask({ tools: [{ type: 'web_search' }, weather, files] });
  expect(await errorOf(response)).toMatchObject({ param: 'tools.2.tools.0.parameters' });
});
