import { describe, expect, it } from 'vitest';
import {
  ChatCompletionChunkSchema,
  ChatCompletionRequestSchema,
  ChatCompletionSchema,
  CompletionRequestSchema,
  CompletionSchema,
  EmbeddingListSchema,
  EmbeddingRequestSchema,
  OpenAIErrorSchema,
} from '../../src/openai/index.js';
import { OpenAIModelListSchema } from '../../src/endpoints/index.js';
import { rejectionOf } from '../support/rejection.js';

const messages = [{ role: 'user', content: 'Hi' }];

describe('ChatCompletionRequestSchema', () => {
  it('knows every parameter of the endpoint', () => {
    const request = {
      model: 'llama',
      messages: [
        { role: 'developer', content: 'Be brief.' },
        {
          role: 'user',
          name: 'ada',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AA', detail: 'low' } },
            { type: 'input_audio', input_audio: { data: 'AA', format: 'wav' } },
            { type: 'file', file: { file_id: 'f' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: '1', type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: '1', content: '42' },
        { role: 'function', name: 'f', content: '42' },
      ],
      audio: { voice: 'alloy', format: 'wav' },
      frequency_penalty: 0,
      function_call: 'auto',
      functions: [{ name: 'f', parameters: {} }],
      logit_bias: { '1': -100 },
      logprobs: true,
      max_completion_tokens: 10,
      max_tokens: 10,
      metadata: { a: 'b' },
      modalities: ['text'],
      n: 1,
      parallel_tool_calls: true,
      prediction: { type: 'content', content: 'x' },
      presence_penalty: 0,
      prompt_cache_key: 'k',
      prompt_cache_retention: '24h',
      reasoning_effort: 'low',
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'answer', schema: { type: 'object' }, strict: true },
      },
      safety_identifier: 's',
      seed: -1,
      service_tier: 'auto',
      stop: ['a', 'b'],
      store: false,
      stream: true,
      stream_options: { include_usage: true },
      temperature: 1,
      tool_choice: { type: 'function', function: { name: 'f' } },
      tools: [{ type: 'function', function: { name: 'f', parameters: {}, strict: true } }],
      top_logprobs: 20,
      top_p: 1,
      user: 'u',
      verbosity: 'low',
      web_search_options: {},
    };
    expect(ChatCompletionRequestSchema.parse(request)).toEqual(request);
  });

  it('takes null for what is not set', () => {
    const request = { model: 'a', messages, temperature: null, stop: null, tools: null };
    expect(ChatCompletionRequestSchema.parse(request)).toEqual(request);
  });

  it('keeps fields that other servers added to a turn', () => {
    const turn = { role: 'assistant', content: 'Hi', annotations: [] };
    const request = { model: 'a', messages: [turn] };
    expect(ChatCompletionRequestSchema.parse(request)).toEqual(request);
  });

  it.each([
    ['temprature', { temprature: 1 }, 'temprature'],
    ['a stray key of stream_options', { stream_options: { usage: true } }, 'stream_options.usage'],
    ['max_tokens = -1', { max_tokens: -1 }, 'max_tokens'],
    ['n = 1e9', { n: 1e9 }, 'n'],
    ['top_logprobs = 1e6', { top_logprobs: 1e6 }, 'top_logprobs'],
    ['an empty conversation', { messages: [] }, 'messages'],
    ['a message that is a string', { messages: ['Hi'] }, 'messages.0'],
    [
      'a tool name with spaces',
      { tools: [{ type: 'function', function: { name: 'a b' } }] },
      'tools.0.function.name',
    ],
    ['an unknown response format', { response_format: { type: 'xml' } }, 'response_format.type'],
    ['a stop that is no text', { stop: [1] }, 'stop.0'],
  ])('names the field of %s', (_, change, field) => {
    const request = { model: 'a', messages, ...change };
    expect(rejectionOf(ChatCompletionRequestSchema, request).details.field).toBe(field);
  });
});

it('CompletionRequestSchema takes text, several texts and token ids', () => {
  for (const prompt of ['a', ['a', 'b'], [1, 2], [[1], [2]]]) {
    const request = {
      model: 'a',
      prompt,
      echo: false,
      suffix: null,
      best_of: 1,
      logprobs: 5,
      max_tokens: 0,
    };
    expect(CompletionRequestSchema.parse(request)).toEqual(request);
  }
  expect(rejectionOf(CompletionRequestSchema, { model: 'a', prompt: {} }).details.field).toBe(
    'prompt',
  );
});

it('EmbeddingRequestSchema takes one input or many', () => {
  for (const input of ['a', ['a', 'b'], [1, 2], [[1], [2]]]) {
    const request = { model: 'a', input, encoding_format: 'base64', dimensions: 64 };
    expect(EmbeddingRequestSchema.parse(request)).toEqual(request);
  }
  expect(rejectionOf(EmbeddingRequestSchema, { model: 'a', input: '' }).details.field).toBe(
    'input',
  );
});

const usage = {
  prompt_tokens: 1,
  completion_tokens: 1,
  total_tokens: 2,
  prompt_tokens_details: { cached_tokens: 1 },
};
const envelope = { id: 'x', created: 1, model: 'a', system_fingerprint: null };

it.each([
  [
    'a chat completion',
    ChatCompletionSchema,
    {
      ...envelope,
      object: 'chat.completion',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Hi', refusal: null },
          finish_reason: 'stop',
          logprobs: {
            content: [{ token: 'Hi', logprob: -0.1, bytes: [72, 105], top_logprobs: [] }],
            refusal: null,
          },
        },
      ],
      usage,
    },
  ],
  [
    'a chunk of one',
    ChatCompletionChunkSchema,
    {
      ...envelope,
      object: 'chat.completion.chunk',
      choices: [
        {
          index: 0,
          delta: {
            role: 'assistant',
            content: 'Hi',
            tool_calls: [{ index: 0, id: '1', type: 'function', function: { name: 'f' } }],
          },
          finish_reason: null,
        },
      ],
      usage: null,
    },
  ],
  [
    'a completion',
    CompletionSchema,
    {
      ...envelope,
      object: 'text_completion',
      choices: [{ index: 0, text: 'Hi', finish_reason: 'length', logprobs: null }],
      usage,
    },
  ],
  [
    'embeddings',
    EmbeddingListSchema,
    {
      object: 'list',
      data: [{ object: 'embedding', index: 0, embedding: [0.1, -0.1] }],
      model: 'a',
      usage: { prompt_tokens: 1, total_tokens: 1 },
    },
  ],
  [
    'a model list',
    OpenAIModelListSchema,
    { object: 'list', data: [{ id: 'a', object: 'model', created: 1, owned_by: 'local' }] },
  ],
  [
    'an error',
    OpenAIErrorSchema,
    { error: { message: 'no', type: 'invalid_request_error', param: 'n', code: null } },
  ],
])('describes %s', (_, schema, body) => {
  expect(schema.parse(body)).toEqual(body);
});
