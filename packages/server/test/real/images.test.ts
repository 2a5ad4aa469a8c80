import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine } from '@mlx/engine';
import { ChatCompletionSchema } from '@mlx/schemas';
import { OpenAIModelSchema } from '@mlx/schemas/endpoints';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { createHandler, type Handler } from '../../src/index.js';
import { PIXEL, PIXEL_URL } from '../support/images.js';
import { errorOf, get, post } from '../support/requests.js';
import { writeTinyVisionModel } from '../support/tiny-vision-model.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const folder = mkdtempSync(join(tmpdir(), 'mlx-images-'));
const model = 'tiny';
let engine: Engine;
let handler: Handler;

beforeAll(async () => {
  writeTinyVisionModel('qwen2_vl', folder);
  engine = createEngine();
  await engine.loadVisionModel({ model: { id: model, path: folder } });
  handler = createHandler(engine);
});

afterAll(async () => {
  await engine.shutdown();
  rmSync(folder, { recursive: true });
});

const ask = (path: string, body: object) => handler.fetch(post(path, { model, ...body }));

const huge = Buffer.from(PIXEL, 'base64');
huge.writeUInt32BE(30_000, 16);
huge.writeUInt32BE(30_000, 20);
const svg = btoa('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');

/** A prompt with these images in base64, as each API has it, and where the first of them stands. */
const spellings = {
  '/v1/chat/completions': (images: string[]) => ({
    param: 'messages.0.content.0',
    body: {
      max_tokens: 2,
      messages: [
        {
          role: 'user',
          content: [
            ...images.map((data) => ({ type: 'image_url', image_url: { url: toUrl(data) } })),
            { type: 'text', text: 'What?' },
          ],
        },
      ],
    },
  }),
  '/v1/responses': (images: string[]) => ({
    param: 'input.0.content.0',
    body: {
      max_output_tokens: 16,
      input: [
        {
          role: 'user',
          content: [
            ...images.map((data) => ({ type: 'input_image', image_url: toUrl(data) })),
            { type: 'input_text', text: 'What?' },
          ],
        },
      ],
    },
  }),
  '/v1/messages': (images: string[]) => ({
    param: 'messages.0.content.0',
    body: {
      max_tokens: 2,
      messages: [
        {
          role: 'user',
          content: [
            ...images.map((data) => ({
              type: 'image',
              source: { type: 'base64', media_type: 'image/png', data },
            })),
            { type: 'text', text: 'What?' },
          ],
        },
      ],
    },
  }),
  '/api/chat': (images: string[]) => ({
    param: 'messages.0.images.0',
    body: { stream: false, messages: [{ role: 'user', content: 'What?', images }] },
  }),
};
type Path = keyof typeof spellings;
const paths = Object.keys(spellings) as Path[];

const toUrl = (data: string) => `data:image/png;base64,${data}`;

describe.each(paths)('%s', (path) => {
  it('answers about an image', async () => {
    expect((await ask(path, spellings[path]([PIXEL]).body)).status).toBe(200);
  });

  it.each([
    ['SVG', svg, 'none of PNG'],
    ['a huge header', huge.toString('base64'), '30000 x 30000'],
    ['a truncated file', PIXEL.slice(0, 56), 'damaged'],
    ['a file of no bytes', 'AAAA', 'none of PNG'],
  ])('refuses %s by its place', async (_, data, message) => {
    const { body, param } = spellings[path]([data]);
    const response = await ask(path, body);
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(text).toContain(message);
    expect(text).toContain(param);
  });

  it('refuses more images than a prompt may have', async () => {
    const response = await ask(path, spellings[path](Array<string>(100).fill(PIXEL)).body);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('64 images at most');
  });
});

it('a refused image has a code that programs know', async () => {
  const { body } = spellings['/v1/chat/completions']([PIXEL.slice(0, 56)]);
  const error = await errorOf(await ask('/v1/chat/completions', body));
  expect(error).toMatchObject({ code: 'invalid_image', param: 'messages.0.content.0' });
  const image_url = { url: PIXEL_URL, detail: 'extreme' };
  const messages = [{ role: 'user', content: [{ type: 'image_url', image_url }] }];
  expect(await errorOf(await ask('/v1/chat/completions', { messages }))).toMatchObject({
    code: 'invalid_image',
    param: 'messages.0.content.0.detail',
    message: expect.stringContaining("'auto', 'low' or 'high'"),
  });
});

it('an image that is counted before costs what it was counted for', async () => {
  const { body } = spellings['/v1/chat/completions']([PIXEL, PIXEL]);
  const answer = ChatCompletionSchema.parse(await (await ask('/v1/chat/completions', body)).json());
  const Counted = z.object({ input_tokens: z.number() });
  for (const [path, counting] of [
    ['/v1/messages', '/v1/messages/count_tokens'],
    ['/v1/responses', '/v1/responses/input_tokens'],
  ] as const) {
    const {
      max_tokens: _,
      max_output_tokens: __,
      ...asked
    } = spellings[path]([PIXEL, PIXEL]).body as Record<string, unknown>;
    const counted = Counted.parse(await (await ask(counting, asked)).json());
    expect(counted.input_tokens).toBe(answer.usage?.prompt_tokens);
  }
});

it.each([
  ['/v1/messages/count_tokens', '/v1/messages'],
  ['/v1/responses/input_tokens', '/v1/responses'],
] as const)('%s names an image that it cannot count', async (path, spelling) => {
  const { body, param } = spellings[spelling]([PIXEL.slice(0, 56)]);
  const { max_tokens: _, max_output_tokens: __, ...asked } = body as Record<string, unknown>;
  const response = await ask(path, asked);
  expect(response.status).toBe(400);
  expect(await response.text()).toContain(param);
});

it('the list of models says what images are taken', async () => {
  const response = await handler.fetch(get(`/v1/models/${model}`));
  const known = OpenAIModelSchema.parse(await response.json());
  expect(known.capabilities?.vision).toEqual({
    images: 64,
    max_bytes: 20 * 1024 * 1024,
    max_pixels: 50_000_000,
    max_aspect_ratio: 200,
    formats: ['png', 'jpeg', 'webp', 'gif'],
  });
});
