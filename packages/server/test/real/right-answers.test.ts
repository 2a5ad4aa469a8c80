import { DEFAULT_MODEL_ID } from '@mlx/engine/setup';
import { AnthropicMessageSchema, ChatCompletionSchema } from '@mlx/schemas';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { createHandler, type Handler } from '../../src/index.js';
import { post } from '../support/requests.js';
import { sharedRealEngine } from './real-engine.js';

/** A decode step takes long where other processes compute as well. */
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000, maxConcurrency: 16 });
const model = DEFAULT_MODEL_ID;
const user = (content: unknown) => ({ role: 'user', content });
const messages = [user('What is the capital of France?')];

let handler: Handler;

beforeAll(async () => {
  handler = createHandler(await sharedRealEngine());
});

async function ask(path: string, body: object): Promise<unknown> {
  const response = await handler.fetch(post(path, { model, ...body }));
  const answer = await response.json();
  expect(response.status, JSON.stringify(answer)).toBe(200);
  return answer;
}

async function chat(body: object) {
  const answer = await ask('/v1/chat/completions', { messages, temperature: 0, ...body });
  return ChatCompletionSchema.parse(answer);
}

const paint = {
  type: 'function',
  function: {
    name: 'paint',
    parameters: {
      type: 'object',
      properties: { name: { enum: ['red', 'blue'] } },
      required: ['name'],
      additionalProperties: false,
    },
  },
};

describe.concurrent('a call that is asked for', () => {
  it.each([
    ['required', 'required'],
    ['named', { type: 'function', function: { name: 'paint' } }],
  ])('comes once and ends: %s', async (_, choice) => {
    const answers = await Promise.all(
      ['Paint it red.', 'Paint everything.'].map((prompt) =>
        chat({ messages: [user(prompt)], tools: [paint], tool_choice: choice, max_tokens: 64 }),
      ),
    );
    for (const { choices } of answers) {
      expect(choices[0]?.finish_reason).toBe('tool_calls');
      expect(choices[0]?.message.tool_calls).toHaveLength(1);
      expect(choices[0]?.message.content ?? '').toBe('');
    }
  });
});

/** As Python's clients write them, and as models copy them. */
const escaped: Record<string, string> = {
  'a letter with an accent': String.raw`Caf\u00e9`,
  'an escaped slash': String.raw`a\/b`,
};

describe.concurrent('an escape that a model copies', () => {
  const schema = {
    type: 'object',
    properties: { t: { type: 'string', maxLength: 12 } },
    required: ['t'],
    additionalProperties: false,
  };

  it.each(Object.entries(escaped))('stays the character: %s', async (_, text) => {
    const expected = z.object({ t: z.string() }).parse(JSON.parse(`{"t": "${text}"}`));
    const prompt = [user(`Repeat exactly: {"t": "${text}"}`)];
    const { choices } = await chat({
      messages: prompt,
      max_tokens: 60,
      response_format: { type: 'json_schema', json_schema: { name: 'copy', schema } },
    });
    expect(choices[0]?.finish_reason).toBe('stop');
    expect(JSON.parse(choices[0]?.message.content ?? '')).toEqual(expected);
  });
});

describe.concurrent('an answer', () => {
  it('goes on from what an assistant began', async () => {
    const begun = [user('Count.'), { role: 'assistant', content: '1, 2, 3, 4,' }];
    const [message, completion] = await Promise.all([
      ask('/v1/messages', { messages: begun, temperature: 0, max_tokens: 9 }),
      chat({
        messages: begun,
        max_tokens: 9,
        continue_final_message: true,
        add_generation_prompt: false,
      }),
    ]);
    const { content } = AnthropicMessageSchema.parse(message);
    expect(content[0]?.['text']).toMatch(/^ 5, 6, 7/);
    expect(completion.choices[0]?.message.content).toBe(content[0]?.['text']);
  });

  it('ends with a token that the request names, and with the model’s own', async () => {
    const { choices } = await chat({ max_tokens: 30, logit_bias: { 2: 100 } });
    expect(choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: '' } });
    const [paris] = Tokens.parse(await ask('/v1/tokenize', { prompt: ' Paris' })).tokens;
    const stopped = await chat({ max_tokens: 30, stop_token_ids: [paris] });
    expect(stopped.choices[0]?.finish_reason).toBe('stop');
    expect(stopped.choices[0]?.message.content).toContain('capital of France is');
  });
});

const Tokens = z.object({ tokens: z.array(z.number()) });
