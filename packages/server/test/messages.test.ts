import {
  AnthropicErrorSchema,
  AnthropicMessageSchema,
  AnthropicStreamEventSchema,
} from '@mlx/schemas';
import { describe, expect, it } from 'vitest';
import { createHandler } from '../src/index.js';
import { eventsOf, post } from './support/requests.js';
import { finished, MODEL, ScriptedEngine } from './support/scripted-engine.js';

const hello = { model: MODEL, max_tokens: 9, messages: [{ role: 'user', content: 'Hello' }] };

function setUp() {
  const engine = new ScriptedEngine();
  const handler = createHandler(engine);
  const ask = (body: object, path = '/v1/messages') =>
    handler.fetch(post(path, { ...hello, ...body }));
  return { engine, handler, ask };
}

describe('a message', () => {
  it('has the form that was asked for', async () => {
    const { engine, ask } = setUp();
    const schema = { type: 'integer' };
    const format = { type: 'json_schema', schema };
    await ask({ output_config: { format, effort: null } });
    await ask({ output_format: format });
    expect(engine.calls.map(({ structured }) => structured)).toEqual([
      { schema, format: 'json', strict: false },
      { schema, format: 'json', strict: false },
    ]);
    expect((await ask({ output_config: { format }, output_format: format })).status).toBe(400);
  });

  it.each([{ type: 'xml' }, { type: 'json_schema' }])(
    'is refused in a form that does not exist: %j',
    async (format) => {
      const { engine, ask } = setUp();
      expect((await ask({ output_format: format })).status).toBe(400);
      expect(engine.calls).toEqual([]);
    },
  );

  it('comes whole, with its usage', async () => {
    const { ask } = setUp();
    const message = AnthropicMessageSchema.parse(await (await ask({})).json());
    expect(message).toMatchObject({
      role: 'assistant',
      content: [{ type: 'text', text: 'Hello world' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 3, cache_read_input_tokens: 2, output_tokens: 2 },
    });
  });

  it.each([
    [{ finishReason: 'length' as const }, 'model_context_window_exceeded', null],
    [{ ...finished(9), finishReason: 'length' as const }, 'max_tokens', null],
    [{ finishReason: 'tool_calls' as const }, 'tool_use', null],
    [{ finishReason: 'stop' as const, stopSequence: 'END' }, 'stop_sequence', 'END'],
  ])('says why it ended: %j', async (end, reason, sequence) => {
    const { engine, ask } = setUp();
    engine.script(async function* script() {
      yield { ...finished(1), ...end };
    });
    const message = AnthropicMessageSchema.parse(await (await ask({})).json());
    expect(message).toMatchObject({ stop_reason: reason, stop_sequence: sequence });
  });

  it('that was cut off is an error', async () => {
    const { engine, ask } = setUp();
    engine.script(async function* script() {
      yield { ...finished(1), finishReason: 'cancelled' };
    });
    expect((await ask({})).status).toBe(499);
  });

  it('is streamed as the events that build it', async () => {
    const { ask } = setUp();
    const text = await (await ask({ stream: true })).text();
    const names = [...text.matchAll(/^event: (.+)$/gm)].map(([, name]) => name);
    expect(names).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    for (const [, data] of text.matchAll(/^data: (.+)$/gm)) {
      AnthropicStreamEventSchema.parse(JSON.parse(data ?? ''));
    }
  });

  it('whose stream fails ends with an error event', async () => {
    const { engine, ask } = setUp();
    engine.script(async function* script() {
      yield { type: 'token', token: 'Hel' };
      yield { type: 'error', error: { code: 'SidecarCrashed', message: 'It ended.' } };
    });
    const text = await (await ask({ stream: true })).text();
    expect(text).toContain('event: error\ndata: {"type":"error"');
    expect(text).not.toContain('message_stop');
  });
});

describe('a request', () => {
  it('reaches the engine as turns and parameters', async () => {
    const { engine, ask } = setUp();
    await ask({
      system: [{ type: 'text', text: 'Be brief.' }],
      stop_sequences: ['END'],
      temperature: 0.5,
      top_k: 3,
      top_p: 0.9,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b' },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm' },
            { type: 'tool_use', id: 't1', name: 'add', input: { x: 1 } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 't1', content: [{ type: 'text', text: '2' }] },
            { type: 'text', text: 'And now?' },
          ],
        },
      ],
    });
    expect(engine.calls).toEqual([
      {
        model: MODEL,
        maxTokens: 9,
        stopSequences: ['END'],
        temperature: 0.5,
        topK: 3,
        topP: 0.9,
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'ab' },
          {
            role: 'assistant',
            reasoning: 'hm',
            content: null,
            toolCalls: [{ id: 't1', name: 'add', arguments: '{"x":1}' }],
          },
          { role: 'tool', toolCallId: 't1', content: '2' },
          { role: 'user', content: 'And now?' },
        ],
      },
    ]);
  });

  it.each([
    [{ temperature: 2 }, 'temperature'],
    [{ mcp_servers: [{ type: 'url', url: 'https://a/b', name: 'b' }] }, 'mcp_servers'],
    [{ messages: [{ role: 'user', content: [{ type: 'text' }] }] }, 'messages.0.content.0.text'],
  ])('that cannot be honoured is refused in Anthropic’s form: %j', async (body, param) => {
    const { engine, ask } = setUp();
    const response = await ask(body);
    expect(response.status).toBe(400);
    const { error } = AnthropicErrorSchema.parse(await response.json());
    expect(error.type).toBe('invalid_request_error');
    expect(error.message).toContain(`'${param}'`);
    expect(engine.calls).toEqual([]);
  });

  it('that asks for nothing special is served', async () => {
    const { engine, ask } = setUp();
    const harmless = {
      tools: [],
      tool_choice: { type: 'auto' },
      thinking: { type: 'disabled' },
      mcp_servers: [],
      service_tier: 'auto',
      metadata: { user_id: 'alice' },
    };
    expect((await ask(harmless)).status).toBe(200);
    expect(engine.tenants).toEqual(['alice']);
  });

  it('for a count is answered without generating', async () => {
    const { engine, handler } = setUp();
    const { max_tokens: _, ...body } = hello;
    const response = await handler.fetch(
      post('/v1/messages/count_tokens', { ...body, system: 'Be brief.' }),
    );
    expect(await response.json()).toEqual({ input_tokens: 'Be brief.Hello'.length });
    expect(engine.calls).toEqual([]);
  });

  it('with the wrong key is refused in Anthropic’s form', async () => {
    const handler = createHandler(new ScriptedEngine(), { apiKey: 'key' });
    const refused = await handler.fetch(post('/v1/messages', hello, { 'x-api-key': 'no' }));
    expect(refused.status).toBe(401);
    expect(AnthropicErrorSchema.parse(await refused.json()).error.type).toBe(
      'authentication_error',
    );
    const ways: Record<string, string>[] = [
      { 'x-api-key': 'key' },
      { 'api-key': 'key' },
      { authorization: 'Bearer key' },
    ];
    for (const way of ways) {
      expect((await handler.fetch(post('/v1/messages', hello, way))).status).toBe(200);
    }
  });

  it('streams nothing that OpenAI’s clients would take for success', async () => {
    const { ask } = setUp();
    expect(await eventsOf(await ask({ stream: true }))).not.toContain('[DONE]');
  });
});
