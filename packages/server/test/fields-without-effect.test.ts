import { describe, expect, it } from 'vitest';
import { createHandler, type HandlerOptions } from '../src/index.js';
import { RecordingLogger } from './support/recording-logger.js';
import { errorOf, get, post, question } from './support/requests.js';
import { ScriptedEngine } from './support/scripted-engine.js';

function setUp(options: HandlerOptions = {}) {
  const engine = new ScriptedEngine();
  const handler = createHandler(engine, options);
  const ask = (body: object, headers: Record<string, string> = {}) =>
    handler.fetch(post('/v1/chat/completions', { ...question, ...body }, headers));
  return { engine, handler, ask };
}

const tool = { type: 'function', function: { name: 'f' } };

describe('a field without effect', () => {
  it.each([
    [{ metadata: { a: 'b' }, store: true }, 'metadata, store'],
    [{ moderation: { mode: 'off' }, prompt_cache_options: {} }, 'moderation'],
    [{ service_tier: 'some_new_one', verbosity: 5 }, 'service_tier, verbosity'],
    [
      { stream: true, stream_options: { include_obfuscation: true } },
      'stream_options.include_obfuscation',
    ],
    [{ stream_options: { include_usage: true } }, 'stream_options'],
    [{ next_months_field: { a: 1 } }, 'next_months_field'],
    [
      {
        tools: [
          { ...tool, cache_control: { type: 'ephemeral' } },
          { ...tool, cache_control: 1 },
        ],
      },
      'tools[].cache_control',
    ],
    [
      { messages: [{ role: 'user', content: [{ type: 'text', text: 'a', cache_control: 1 }] }] },
      'messages[].content[].cache_control',
    ],
    [{ reasoning_effort: 'high' }, 'reasoning_effort'],
    [{ reasoning: { effort: 'high', max_tokens: 100 } }, 'reasoning.effort, reasoning.max_tokens'],
    [{ 'naïve, "name"\n': 1 }, 'na%C3%AFve%2C%20%22name%22%0A'],
    [{ '\ud83d': 1 }, '%EF%BF%BD'],
  ])('is accepted and named once in the response: %j', async (body, named) => {
    const { engine, ask } = setUp();
    const response = await ask(body);
    expect(response.status).toBe(200);
    expect(response.headers.get('mlx-ignored')).toBe(named);
    await response.text();
    const { messages, model: _, tools: __, ...rest } = engine.calls[0] ?? { model: '' };
    expect(messages).toHaveLength(1);
    expect(rest).toEqual({});
  });

  it.each([
    { metadata: {}, store: false, moderation: null, service_tier: 'auto' },
    { next_months_field: null, another: [], tools: null },
    { messages: [{ role: 'user', content: 'a', annotations: [], audio: null, name: null }] },
  ])('that asks for nothing is not named: %j', async (body) => {
    const { ask } = setUp();
    const response = await ask(body);
    expect(response.status).toBe(200);
    expect(response.headers.has('mlx-ignored')).toBe(false);
  });

  it('is counted and logged', async () => {
    const seen: unknown[] = [];
    const logger = new RecordingLogger();
    const { ask } = setUp({ logger, onIgnored: (ignored) => seen.push(ignored) });
    await ask({ store: true, colour: 'red' });
    const fields = ['store', 'colour'];
    expect(seen).toEqual([{ endpoint: '/v1/chat/completions', fields }]);
    expect(await logger.entry('fields without effect')).toEqual({ fields });
  });

  it('is named in a header of bounded length, whatever their number', async () => {
    const { ask } = setUp();
    const names = Array.from({ length: 3000 }, (_, index) => `${'long'.repeat(30)}${index}`);
    const response = await ask(Object.fromEntries(names.map((name) => [name, 1])));
    expect(response.status).toBe(200);
    const header = response.headers.get('mlx-ignored') ?? '';
    expect(header.length).toBeLessThan(1100);
    expect(header).toMatch(/, \+\d+$/);
  });

  it('is named beside an error, too', async () => {
    const { ask } = setUp();
    const response = await ask({ store: true, temperature: 9 });
    expect(response.status).toBe(400);
    expect(response.headers.get('mlx-ignored')).toBe('store');
  });

  it('is listed with what a model can do', async () => {
    const { handler } = setUp();
    const response = await handler.fetch(get('/v1/models'));
    const { data } = (await response.json()) as {
      data: [{ capabilities: { without_effect: {} } }];
    };
    expect(data[0].capabilities.without_effect).toMatchObject({
      '/v1/chat/completions': expect.arrayContaining(['metadata', 'prompt_cache_key']),
      '/v1/messages': expect.arrayContaining(['cache_control']),
    });
  });
});

describe('a strict request', () => {
  const strict = { 'mlx-strict': 'true' };

  it.each([
    [{ colour: 'red' }, 'colour', 'unknown_parameter'],
    [{ tools: [{ ...tool, colour: 'red' }] }, 'tools.0.colour', 'unknown_parameter'],
    [{ store: true }, 'store', 'unsupported_parameter'],
    [{ reasoning_effort: 'high' }, 'reasoning_effort', 'unsupported_parameter'],
  ])('has fields without effect refused by name: %j', async (body, param, code) => {
    const { engine, ask } = setUp();
    const response = await ask(body, strict);
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({ param, code });
    expect(engine.calls).toEqual([]);
  });

  it('is one that says so in the one way there is', async () => {
    const { engine, ask } = setUp();
    expect((await ask({ colour: 'red' }, { 'mlx-strict': 'False' })).status).toBe(200);
    expect((await ask({ colour: 'red' }, { 'mlx-strict': 'TRUE' })).status).toBe(400);
    const unclear = await ask({ colour: 'red' }, { 'mlx-strict': '1' });
    expect(unclear.status).toBe(400);
    expect(await errorOf(unclear)).toMatchObject({
      message: "The header 'mlx-strict' must be true or false, not '1'.",
      code: 'invalid_header',
    });
    expect(engine.calls).toHaveLength(1);
  });

  it('is every request of a strict server', async () => {
    const { ask } = setUp({ strict: true });
    expect((await ask({ colour: 'red' })).status).toBe(400);
    expect((await ask({})).status).toBe(200);
  });

  it('may replay a history with what other servers added to it', async () => {
    const { ask } = setUp();
    const messages = [{ role: 'user', content: 'a', from_elsewhere: 1 }];
    const response = await ask({ messages }, strict);
    expect(response.status).toBe(200);
    expect(response.headers.get('mlx-ignored')).toBe('messages[].from_elsewhere');
  });
});
