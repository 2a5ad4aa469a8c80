import { describe, expect, it } from 'vitest';
import {
  AnthropicCountTokensRequestSchema,
  AnthropicErrorSchema,
  AnthropicMessageSchema,
  AnthropicMessagesRequestSchema,
  AnthropicStreamEventSchema,
  AnthropicTokenCountSchema,
} from '../../src/anthropic/index.js';
import { rejectionOf } from '../support/rejection.js';

const prompt = {
  model: 'llama',
  system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
  messages: [
    { role: 'user', content: 'Hi' },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'hm', signature: 's' },
        { type: 'tool_use', id: '1', name: 'f', input: { a: 1 } },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: '1', content: [{ type: 'text', text: '42' }] },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA' } },
        { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'x' } },
      ],
    },
  ],
  thinking: { type: 'enabled', budget_tokens: 1024 },
  tools: [{ name: 'f', description: 'd', input_schema: { type: 'object' } }],
  tool_choice: { type: 'tool', name: 'f', disable_parallel_tool_use: true },
};

describe('AnthropicMessagesRequestSchema', () => {
  it('knows every parameter of the endpoint', () => {
    const request = {
      ...prompt,
      max_tokens: 100,
      metadata: { user_id: 'u' },
      service_tier: 'auto',
      stop_sequences: ['\n'],
      stream: true,
      temperature: 1,
      top_k: 5,
      top_p: 0.9,
    };
    expect(AnthropicMessagesRequestSchema.parse(request)).toEqual(request);
  });

  it.each([
    ['max_tokens', {}],
    ['temperature', { max_tokens: 1, temperature: 1.5 }],
    ['n', { max_tokens: 1, n: 2 }],
    ['tool_choice.type', { max_tokens: 1, tool_choice: { type: 'some' } }],
    [
      'messages.0.content.0.type',
      { max_tokens: 1, messages: [{ role: 'user', content: [{ type: 'x' }] }] },
    ],
  ])('names %s', (field, change) => {
    expect(
      rejectionOf(AnthropicMessagesRequestSchema, { ...prompt, ...change }).details.field,
    ).toBe(field);
  });
});

it('AnthropicCountTokensRequestSchema takes the prompt and nothing about the answer', () => {
  expect(AnthropicCountTokensRequestSchema.parse(prompt)).toEqual(prompt);
  expect(
    rejectionOf(AnthropicCountTokensRequestSchema, { ...prompt, max_tokens: 1 }).details.field,
  ).toBe('max_tokens');
});

const message = {
  id: 'm',
  type: 'message',
  role: 'assistant',
  model: 'a',
  content: [{ type: 'text', text: 'Hi' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
};

it('describes a message, a token count and an error', () => {
  expect(AnthropicMessageSchema.parse(message)).toEqual(message);
  expect(AnthropicTokenCountSchema.parse({ input_tokens: 3 })).toEqual({ input_tokens: 3 });
  const error = { type: 'error', error: { type: 'not_found_error', message: 'no' } };
  expect(AnthropicErrorSchema.parse(error)).toEqual(error);
});

it.each([
  { type: 'message_start', message: { ...message, stop_reason: null } },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{' } },
  { type: 'content_block_stop', index: 0 },
  {
    type: 'message_delta',
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: 1 },
  },
  { type: 'message_stop' },
  { type: 'ping' },
  { type: 'error', error: { type: 'overloaded_error', message: 'busy' } },
])('describes the event $type', (event) => {
  expect(AnthropicStreamEventSchema.parse(event)).toEqual(event);
});
