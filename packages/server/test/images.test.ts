import { EngineClientError } from '@mlx/schemas';
import { describe, expect, it } from 'vitest';
import { createHandler } from '../src/index.js';
import { PIXEL, PIXEL_URL } from './support/images.js';
import { errorOf, post } from './support/requests.js';
import { MODEL, ScriptedEngine } from './support/scripted-engine.js';

function setUp({ sees = true } = {}) {
  const engine = new ScriptedEngine();
  engine.sees = sees;
  const handler = createHandler(engine);
  const ask = (path: string, body: object) => handler.fetch(post(path, { model: MODEL, ...body }));
  return { engine, ask };
}

const words = { type: 'text' as const, text: 'What is it?' };
const image = { type: 'image' as const, image: PIXEL_URL };
/** What only base64 was sent of has no type. */
const untyped = { type: 'image' as const, image: `data:;base64,${PIXEL}` };

const chat = (...content: object[]) => ({ messages: [{ role: 'user', content }] });
const said = { type: 'text', text: words.text };
const openai = (url: string, more: object = {}) => ({
  type: 'image_url',
  image_url: { url, ...more },
});
const anthropic = {
  type: 'image',
  source: { type: 'base64', media_type: 'image/png', data: PIXEL },
};

describe('an image', () => {
  it.each([
    ['/v1/chat/completions', image, chat(openai(PIXEL_URL), said)],
    ['/v1/chat/completions', image, chat({ type: 'image_url', image_url: PIXEL_URL }, said)],
    ['/v1/messages', untyped, { max_tokens: 9, ...chat(anthropic, said) }],
    [
      '/v1/responses',
      image,
      {
        input: [
          {
            role: 'user',
            content: [
              { type: 'input_image', image_url: PIXEL_URL, detail: null },
              { type: 'input_text', text: words.text },
            ],
          },
        ],
      },
    ],
    ['/api/chat', untyped, { messages: [{ role: 'user', content: words.text, images: [PIXEL] }] }],
    ['/api/generate', untyped, { prompt: words.text, images: [PIXEL] }],
  ])('reaches the model through %s', async (path, shown, body) => {
    const { engine, ask } = setUp();
    const response = await ask(path, { ...body, stream: false });
    expect(response.status).toBe(200);
    expect(engine.calls[0]?.messages?.at(-1)).toMatchObject({
      role: 'user',
      content: [shown, words],
    });
  });

  it('of a tool reaches it too', async () => {
    const { engine, ask } = setUp();
    const use = { type: 'tool_use', id: 't1', name: 'look', input: {} };
    const result = { type: 'tool_result', tool_use_id: 't1', content: [said, anthropic] };
    const messages = [
      { role: 'user', content: 'Look' },
      { role: 'assistant', content: [use] },
      { role: 'user', content: [result] },
    ];
    expect((await ask('/v1/messages', { max_tokens: 9, messages })).status).toBe(200);
    expect(engine.calls[0]?.messages?.at(-1)).toEqual({
      role: 'tool',
      toolCallId: 't1',
      content: [words, untyped],
    });
  });

  it('may be wanted in little detail', async () => {
    const { engine, ask } = setUp();
    await ask('/v1/chat/completions', chat(openai(PIXEL_URL, { detail: 'low' }), said));
    expect(engine.calls[0]?.messages?.[0]?.content).toEqual([{ ...image, detail: 'low' }, words]);
  });
});

describe('refused by its place is', () => {
  it.each([
    ['an address', 'https://example.com/a.png', 'not fetched from this address'],
    ['an address within', 'http://169.254.169.254/latest', 'not fetched from this address'],
    ['a path', '/etc/passwd', 'data URL'],
    ['a file', 'file:///etc/passwd', 'data URL'],
  ])('%s', async (_, url, message) => {
    const { engine, ask } = setUp();
    const response = await ask('/v1/chat/completions', chat(said, openai(url)));
    expect(response.status).toBe(400);
    const error = await errorOf(response);
    expect(error.param).toBe('messages.0.content.1');
    expect(error.message).toContain(message);
    expect(engine.calls).toEqual([]);
  });

  it('any image by a model that reads text only', async () => {
    const { engine, ask } = setUp({ sees: false });
    const input = [{ role: 'user', content: [{ type: 'input_image', image_url: PIXEL_URL }] }];
    for (const [path, body, param] of [
      ['/v1/chat/completions', chat(said, openai(PIXEL_URL)), 'messages.0.content.1'],
      ['/v1/responses', { input }, 'input.0.content.0'],
    ] as const) {
      const response = await ask(path, body);
      expect(response.status).toBe(400);
      expect(await errorOf(response)).toMatchObject({ param, code: 'unsupported_parameter' });
    }
    expect(engine.calls).toEqual([]);
  });

  it('one that the engine refuses, in the words of the API', async () => {
    const { engine, ask } = setUp();
    const field = 'messages.0.content.0';
    const issue = { path: field.split('.'), message: 'It is damaged', code: 'custom' };
    const damaged = new EngineClientError('InvalidParams', `Validation error on field '${field}'`, {
      details: { field, issues: [issue], type: 'invalid_image' },
    });
    engine.script(async function* script() {
      yield await Promise.reject(damaged);
    });
    const input = [{ role: 'user', content: [{ type: 'input_image', image_url: PIXEL_URL }] }];
    const response = await ask('/v1/responses', { input });
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({
      param: 'input.0.content.0',
      code: 'invalid_image',
      message: "Invalid 'input.0.content.0': It is damaged.",
    });
  });
});

it('takes the place of text in what a body may hold, so that large images come through', async () => {
  const { engine, ask } = setUp();
  const large = `data:image/png;base64,${'A'.repeat(20 * 1024 * 1024)}`;
  expect((await ask('/v1/chat/completions', chat(openai(large), said))).status).toBe(200);
  const long = { type: 'text', text: 'A'.repeat(5 * 1024 * 1024) };
  const response = await ask('/v1/chat/completions', chat(openai(PIXEL_URL), long));
  expect(response.status).toBe(413);
  expect((await errorOf(response)).message).toContain('limit of 4.0 MiB');
  expect(engine.calls.length).toBe(1);
});
