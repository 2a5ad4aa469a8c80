import {
  AnthropicMessageSchema,
  AnthropicStreamEventSchema,
  ChatCompletionSchema,
} from '@mlx/schemas';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { createHandler, listen, type Handler, type HttpServer } from '../../src/index.js';
import { startRandomModel } from '../support/random-model.js';
import { errorOf, eventsOf } from '../support/requests.js';
import { chatBodies } from './bodies/chat.js';
import { messageBodies } from './bodies/messages.js';
import { refusals } from './bodies/refusals.js';
import { refusedTexts, textBodies } from './bodies/texts.js';

/** A decode step takes long where other processes compute as well. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000, maxConcurrency: 16 });
const model = 'random';
const messages = [{ role: 'user', content: 'Hello' }];

let running: Awaited<ReturnType<typeof startRandomModel>> | undefined;
let handler: Handler;
let server: HttpServer | undefined;

beforeAll(async () => {
  running = await startRandomModel(model);
  handler = createHandler(running.engine);
  server = await listen(handler, { host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await running?.stop();
});

function ask(path: string, body: object, signal?: AbortSignal): Promise<Response> {
  return fetch(`${server?.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, ...body }),
    ...(signal ? { signal } : {}),
  });
}

const one = { messages, max_tokens: 1, temperature: 0 };

/** The status, with what is said where it is not the right one. */
async function statusOf(response: Response): Promise<string> {
  const text = await response.text();
  return response.status === 200 && !text.includes('"error"') ? '200' : text;
}

describe.concurrent('a message is answered, streamed and counted with', () => {
  it.each(Object.entries(messageBodies))('%s', async (_, body) => {
    const asked = { ...one, ...body };
    const { max_tokens: _limit, ...counted } = asked;
    const [answer, events, count] = await Promise.all([
      ask('/v1/messages?beta=true', asked),
      ask('/v1/messages', { ...asked, stream: true }),
      ask('/v1/messages/count_tokens', counted),
    ]);
    const { input_tokens: tokens } = Counted.parse(await count.json());
    const { usage } = AnthropicMessageSchema.parse(await answer.json());
    expect(sum(usage)).toBe(tokens);
    const told = (await eventsOf(events)).map((data) =>
      AnthropicStreamEventSchema.parse(JSON.parse(data)),
    );
    const start = told.find(({ type }) => type !== 'ping');
    if (start?.type !== 'message_start') throw new Error('A stream begins with its message');
    expect(sum(start.message.usage)).toBe(tokens);
    expect(told.at(-1)?.type).toBe('message_stop');
  });
});

const Counted = z.object({ input_tokens: z.number() });

interface Usage {
  readonly input_tokens: number;
  readonly cache_read_input_tokens?: number | null | undefined;
  readonly cache_creation_input_tokens?: number | null | undefined;
}

const sum = (usage: Usage) =>
  usage.input_tokens +
  (usage.cache_read_input_tokens ?? 0) +
  (usage.cache_creation_input_tokens ?? 0);

describe.concurrent('a completion is answered with', () => {
  it.each(Object.entries(chatBodies))('%s', async (_, body) => {
    expect(await statusOf(await ask('/v1/chat/completions', { ...one, ...body }))).toBe('200');
  });
});

describe.concurrent('texts are read with', () => {
  it.each(Object.entries(textBodies))('%s', async (_, [path, body]) => {
    expect(await statusOf(await ask(path, body))).toBe('200');
  });

  it.each(Object.entries(refusedTexts))('a reason against %s', async (_, [path, body, words]) => {
    const response = await ask(path, body);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(words);
  });
});

describe.concurrent('a refusal names the field as the client did', () => {
  it.each(Object.entries(refusals))('%s', async (_, [path, body, param]) => {
    const response = await ask(path, body);
    expect(response.status).toBe(400);
    expect((await errorOf(response)).param).toBe(param);
  });
});

const story = { messages: [{ role: 'user', content: 'city '.repeat(600) }], max_tokens: 400 };

/** Leaves some milliseconds later, wherever its request is then. */
async function leave(place: number): Promise<void> {
  const abort = new AbortController();
  setTimeout(() => abort.abort(), place * 7);
  const asked = { ...one, ...(place % 3 === 0 ? story : { max_tokens: 400 }) };
  try {
    const body = { ...asked, stream: place % 2 === 0 };
    await (await ask('/v1/chat/completions', body, abort.signal)).text();
  } catch (error) {
    if (!abort.signal.aborted) throw error;
  }
}

const answersOfOthers = () =>
  Promise.all(
    ['a', 'b', 'c'].map(async (content) => {
      const asked = { messages: [{ role: 'user', content }], max_tokens: 60, temperature: 0 };
      const answer = await ask('/v1/chat/completions', asked);
      return ChatCompletionSchema.parse(await answer.json()).choices;
    }),
  );

it('clients that leave change nothing for others, and leave nothing behind', async () => {
  const alone = await answersOfOthers();
  const leaving = Promise.all(Array.from({ length: 40 }, (_, place) => leave(place)));
  expect(await answersOfOthers()).toEqual(alone);
  await leaving;
  await expect.poll(() => handler.activeRequests).toBe(0);
  await expect
    .poll(() => running?.engine.getBatchStats(model))
    .toMatchObject({ rows: { decoding: 0, prefilling: 0, paused: 0 } });
});
