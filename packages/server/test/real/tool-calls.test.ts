import { DEFAULT_MODEL_ID } from '@mlx/engine/setup';
import { AnthropicMessageSchema } from '@mlx/schemas';
import type OpenAI from 'openai';
import { beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { createHandler, type Handler } from '../../src/index.js';
import { post } from '../support/requests.js';
import { sharedRealEngine } from './real-engine.js';
import { openaiClient } from '../support/openai-client.js';

/** A decode step takes long where other processes compute as well. */
const TIMEOUT_MS = 180_000;
const model = DEFAULT_MODEL_ID;
const messages = [{ role: 'user' as const, content: 'How is the weather in Rome?' }];
const Weather = z.strictObject({
  city: z.enum(['Paris', 'Rome']),
  days: z.int().min(1).max(9),
});
const { $schema: _, ...parameters } = z.toJSONSchema(Weather);
const tools = [{ type: 'function' as const, function: { name: 'get_weather', parameters } }];

let handler: Handler;
let client: OpenAI;

beforeAll(async () => {
  handler = createHandler(await sharedRealEngine());
  client = openaiClient(handler);
}, TIMEOUT_MS);

function argumentsOf(message: OpenAI.ChatCompletionMessage | undefined): unknown {
  const [call] = message?.tool_calls ?? [];
  if (call?.type !== 'function') throw new Error('No function was called');
  expect(call.function.name).toBe('get_weather');
  return JSON.parse(call.function.arguments);
}

it(
  'a model without tools of its own calls validly, however it draws',
  { timeout: TIMEOUT_MS },
  async () => {
    const completions = await Promise.all(
      [1, 2, 3, 4].map((seed) =>
        client.chat.completions.create({
          model,
          messages,
          tools,
          tool_choice: 'required',
          parallel_tool_calls: false,
          temperature: 1,
          seed,
          max_tokens: 64,
        }),
      ),
    );
    for (const { choices } of completions) {
      expect(choices[0]?.finish_reason).toBe('tool_calls');
      expect(Weather.safeParse(argumentsOf(choices[0]?.message)).success).toBe(true);
    }
  },
);

it('the official client puts a streamed call together', { timeout: TIMEOUT_MS }, async () => {
  const stream = client.chat.completions.stream({
    model,
    messages,
    tools,
    tool_choice: { type: 'function', function: { name: 'get_weather' } },
    parallel_tool_calls: false,
    temperature: 0,
    max_tokens: 64,
  });
  const { choices } = await stream.finalChatCompletion();
  expect(Weather.safeParse(argumentsOf(choices[0]?.message)).success).toBe(true);
});

it('a message in Anthropic’s form uses a tool', { timeout: TIMEOUT_MS }, async () => {
  const response = await handler.fetch(
    post('/v1/messages', {
      model,
      max_tokens: 64,
      messages,
      temperature: 0,
      tools: [{ name: 'get_weather', input_schema: parameters }],
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
    }),
  );
  const { content, stop_reason: reason } = AnthropicMessageSchema.parse(await response.json());
  expect(reason).toBe('tool_use');
  expect(content).toMatchObject([{ type: 'tool_use', name: 'get_weather' }]);
  expect(Weather.safeParse(content[0]?.['input']).success).toBe(true);
});

it('a tool whose schema cannot be obeyed is refused by name', { timeout: TIMEOUT_MS }, async () => {
  const properties = { a: { type: 'array', uniqueItems: true } };
  const bad = { name: 'f', strict: true, parameters: { type: 'object', properties } };
  const asked = client.chat.completions.create({
    model,
    messages,
    tools: [...tools, { type: 'function', function: bad }],
  });
  await expect(asked).rejects.toMatchObject({ status: 400, param: 'tools.1.function.parameters' });
});
