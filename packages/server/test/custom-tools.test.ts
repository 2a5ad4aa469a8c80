import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { createHandler } from '../src/index.js';
import { errorOf, post, question } from './support/requests.js';
import { finished, MODEL, ScriptedEngine } from './support/scripted-engine.js';

const PATH = '/v1/chat/completions';
const CALL = { id: 'call_1', name: 'patch' };
const TEXT = '*** Begin "patch"\n+ né 👍';

const patch = { type: 'custom', custom: { name: 'patch', description: 'Changes files.' } } as const;

const grammar = (syntax: string, definition: string) => ({
  type: 'custom',
  custom: { name: 'patch', format: { type: 'grammar', grammar: { syntax, definition } } },
});

function setUp() {
  const engine = new ScriptedEngine();
  const handler = createHandler(engine);
  const asked = async (body: object) => {
    const response = await handler.fetch(post(PATH, { ...question, ...body }));
    expect(await response.clone().text()).not.toContain('"error"');
    return { params: engine.calls.at(-1), ignored: response.headers.get('mlx-ignored') };
  };
  const client = new OpenAI({
    apiKey: 'none',
    baseURL: 'http://127.0.0.1:8484/v1',
    fetch: async (url, init) => {
      const request = new Request(url, init);
      request.headers.set('host', '127.0.0.1:8484');
      return handler.fetch(request);
    },
  });
  return { engine, handler, asked, client };
}

/** A call whose arguments come in these pieces. */
function calling(engine: ScriptedEngine, ...pieces: string[]): void {
  engine.script(async function* script() {
    for (const [index, text] of pieces.entries()) {
      const known = index === 0 ? CALL : {};
      yield { type: 'tool_call', toolCall: { index: 0, ...known, arguments: text } };
    }
    yield { ...finished(3), finishReason: 'tool_calls' };
  });
}

const request = {
  model: MODEL,
  messages: [{ role: 'user' as const, content: 'Change it.' }],
  tools: [patch],
};

describe('a custom tool', () => {
  it('is a function with one text to the model', async () => {
    const { asked } = setUp();
    const { params, ignored } = await asked({ tools: [patch] });
    expect(params?.tools).toEqual([
      {
        name: 'patch',
        description: 'Changes files.',
        parameters: {
          type: 'object',
          properties: { input: { type: 'string' } },
          required: ['input'],
          additionalProperties: false,
        },
      },
    ]);
    expect(ignored).toBeNull();
  });

  it('is held to a regular expression, and told a Lark grammar', async () => {
    const { asked } = setUp();
    const regex = await asked({ tools: [grammar('regex', 'a|b')] });
    expect(regex.params?.tools?.[0]?.parameters).toMatchObject({
      properties: { input: { pattern: '^(?:a|b)$' } },
    });
    expect(regex.ignored).toBeNull();
    const lark = await asked({ tools: [grammar('lark', 'start: "a"')] });
    expect(lark.params?.tools?.[0]?.description).toContain('start: "a"');
    expect(lark.ignored).toBe('tools[].custom.format');
  });

  it('may be named, and be among those that are allowed', async () => {
    const { asked } = setUp();
    const other = { type: 'function', function: { name: 'add' } };
    const tools = [patch, other];
    const choice = { type: 'custom', custom: { name: 'patch' } };
    expect((await asked({ tools, tool_choice: choice })).params).toMatchObject({
      toolChoice: { name: 'patch' },
      parallelToolCalls: false,
    });
    const allowed = { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [choice] } };
    const { params } = await asked({ tools, tool_choice: allowed });
    expect(params?.tools?.map(({ name }) => name)).toEqual(['patch']);
  });

  it.each([
    [{ name: 'a b' }, 'tools.0.custom.name'],
    [{}, 'tools.0.custom.name'],
    [{ name: 'a', format: { type: 'grammar' } }, 'tools.0.custom.format.grammar'],
  ])('with a fault is refused by the place of it: %j', async (custom, param) => {
    const { handler } = setUp();
    const body = { ...question, tools: [{ type: 'custom', custom }] };
    expect(await errorOf(await handler.fetch(post(PATH, body)))).toMatchObject({ param });
  });
});

describe('a call of a custom tool', () => {
  const expected = { id: CALL.id, type: 'custom', custom: { name: CALL.name, input: TEXT } };
  const json = JSON.stringify({ input: TEXT });

  it('has the text and no JSON', async () => {
    const { engine, client } = setUp();
    calling(engine, json);
    const { choices } = await client.chat.completions.create(request);
    expect(choices[0]?.message.tool_calls).toEqual([expected]);
  });

  it.each([1, 3, 7, json.length])('is put together from pieces of %i', async (size) => {
    const { engine, client } = setUp();
    const count = Math.ceil(json.length / size);
    const pieces = Array.from({ length: count }, (_, at) => json.slice(at * size, (at + 1) * size));
    calling(engine, ...pieces);
    const message = await client.chat.completions.stream(request).finalMessage();
    expect(message.tool_calls).toEqual([expected]);
  });

  it('of another form is its text as it is', async () => {
    const { engine, client } = setUp();
    calling(engine, '"just ', 'this"');
    const message = await client.chat.completions.stream(request).finalMessage();
    expect(message.tool_calls).toMatchObject([{ custom: { input: '"just this"' } }]);
  });

  it('goes back into the history with its result', async () => {
    const { asked } = setUp();
    const { params } = await asked({
      tools: [patch],
      messages: [
        ...question.messages,
        { role: 'assistant', content: null, tool_calls: [expected] },
        { role: 'tool', tool_call_id: CALL.id, content: 'Done.' },
      ],
    });
    expect(params?.messages?.slice(1)).toEqual([
      { role: 'assistant', content: null, toolCalls: [{ ...CALL, arguments: json }] },
      { role: 'tool', toolCallId: CALL.id, content: 'Done.' },
    ]);
  });
});
