import { DEFAULT_MODEL_ID } from '@mlx/engine/setup';
import {
  AnthropicMessageSchema,
  AnthropicStreamEventSchema,
  ChatCompletionChunkSchema,
  ChatCompletionSchema,
} from '@mlx/schemas';
import { OllamaChatResponseSchema } from '@mlx/schemas/ollama';
import { ResponseSchema } from '@mlx/schemas/responses';
import { beforeAll, expect, it, vi } from 'vitest';
import { createHandler, type Handler } from '../../src/index.js';
import { eventsOf, post } from '../support/requests.js';
import { sharedRealEngine } from './real-engine.js';

/** A decode step takes long where other processes compute as well. */
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });
const model = DEFAULT_MODEL_ID;
const messages = [{ role: 'user', content: 'Two tags, please.' }];

/** The grammar leaves one value, and what it leaves to readers refuses that. */
const twins = {
  type: 'object',
  properties: {
    tags: { type: 'array', items: { const: 'a' }, minItems: 2, maxItems: 2, uniqueItems: true },
  },
  required: ['tags'],
  additionalProperties: false,
};
const reason = expect.stringContaining('/tags must NOT have duplicate items');
const inAnswer = [{ reason }];
const inCall = [{ tool: 'set_tags', reason }];

const format = (strict: boolean) => ({
  type: 'json_schema',
  json_schema: { name: 'tags', schema: twins, strict },
});
const tools = [{ type: 'function', function: { name: 'set_tags', parameters: twins } }];

let handler: Handler;

beforeAll(async () => {
  handler = createHandler(await sharedRealEngine());
});

function ask(path: string, body: object): Promise<Response> {
  return handler.fetch(post(path, { model, messages, temperature: 0, max_tokens: 80, ...body }));
}

it.concurrent('a chat completion tells what does not follow its schema', async () => {
  const answer = await ask('/v1/chat/completions', { response_format: format(false) });
  expect(answer.headers.get('mlx-mismatches')).toBe('content');
  const { choices } = ChatCompletionSchema.parse(await answer.json());
  expect(choices[0]).toMatchObject({ finish_reason: 'stop', mismatches: inAnswer });

  const call = await ask('/v1/chat/completions', { tools, tool_choice: 'required' });
  expect(call.headers.get('mlx-mismatches')).toBe('set_tags');
  const called = ChatCompletionSchema.parse(await call.json());
  expect(called.choices[0]).toMatchObject({ finish_reason: 'tool_calls', mismatches: inCall });
});

it.concurrent('the last choice of a streamed completion tells it', async () => {
  const request = { stream: true, response_format: format(false) };
  const events = await eventsOf(await ask('/v1/chat/completions', request));
  const choices = events
    .filter((data) => data !== '[DONE]')
    .flatMap((data) => ChatCompletionChunkSchema.parse(JSON.parse(data)).choices);
  expect(choices.at(-1)).toMatchObject({ finish_reason: 'stop', mismatches: inAnswer });
  expect(choices.filter((choice) => choice.mismatches)).toHaveLength(1);
});

it.concurrent('a response tells it, whole and at the end of its stream', async () => {
  const request = {
    input: 'Two tags, please.',
    text: { format: { type: 'json_schema', name: 'tags', schema: twins, strict: false } },
    messages: undefined,
    max_tokens: undefined,
    max_output_tokens: 80,
  };
  const answer = await ask('/v1/responses', request);
  expect(answer.headers.get('mlx-mismatches')).toBe('content');
  expect(ResponseSchema.parse(await answer.json())).toMatchObject({ mismatches: inAnswer });
  const events = await eventsOf(await ask('/v1/responses', { ...request, stream: true }));
  expect(events.at(-1)).toBe('[DONE]');
  const { response } = JSON.parse(events.at(-2) ?? '') as { response: unknown };
  expect(ResponseSchema.parse(response)).toMatchObject({ mismatches: inAnswer });
});

it.concurrent(
  'a message of Anthropic’s form tells it, whole and at the end of its stream',
  async () => {
    const request = {
      tools: [{ name: 'set_tags', input_schema: twins }],
      tool_choice: { type: 'tool', name: 'set_tags' },
    };
    const answer = await ask('/v1/messages', request);
    expect(answer.headers.get('mlx-mismatches')).toBe('set_tags');
    expect(AnthropicMessageSchema.parse(await answer.json())).toMatchObject({ mismatches: inCall });
    const events = await eventsOf(await ask('/v1/messages', { ...request, stream: true }));
    const told = events.map((data) => AnthropicStreamEventSchema.parse(JSON.parse(data)));
    expect(told.at(-2)).toMatchObject({ type: 'message_delta', mismatches: inCall });
  },
);

it.concurrent('Ollama’s last line tells it', async () => {
  const request = { format: twins, options: { temperature: 0, num_predict: 80 } };
  const body = { model, messages, stream: false, ...request };
  const answer = await handler.fetch(post('/api/chat', body));
  expect(answer.headers.get('mlx-mismatches')).toBe('content');
  const message = OllamaChatResponseSchema.parse(await answer.json());
  expect(message).toMatchObject({ done: true, mismatches: inAnswer });
});

it.concurrent('what follows its schema, and what was cut, is told nothing of', async () => {
  const whole = { type: 'json_schema', json_schema: { name: 'a', schema: { const: [1] } } };
  const answers = await Promise.all([
    ask('/v1/chat/completions', { response_format: whole }),
    ask('/v1/chat/completions', { response_format: format(false), max_tokens: 3 }),
  ]);
  for (const answer of answers) {
    expect(answer.headers.get('mlx-mismatches')).toBeNull();
    expect(await answer.text()).not.toContain('mismatches');
  }
});

it.concurrent('a strict form that cannot be held is refused by name', async () => {
  const answer = await ask('/v1/chat/completions', { response_format: format(true) });
  expect(answer.status).toBe(400);
  const { error } = (await answer.json()) as { error: { message: string; param: string } };
  expect(error.param).toBe('response_format');
  expect(error.message).toContain("#/properties/tags: 'uniqueItems' is not supported");
});
