import { describe, expect, it } from 'vitest';
import {
  ResponseInputItemSchema,
  ResponseRequestSchema,
  ResponseStreamEventSchema,
} from '../../src/responses/index.js';
import { rejectionOf } from '../support/rejection.js';

describe('ResponseRequestSchema', () => {
  it('knows every parameter of the endpoint', () => {
    const request = {
      model: 'a',
      input: [
        { role: 'user', content: 'Hi' },
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
        { type: 'function_call', call_id: '1', name: 'f', arguments: '{}' },
        { type: 'function_call_output', call_id: '1', output: '42' },
        { type: 'custom_tool_call', call_id: '2', name: 'g', input: 'a' },
        { type: 'custom_tool_call_output', call_id: '2', output: [] },
        { type: 'reasoning', summary: [] },
        { type: 'item_reference', id: 'msg_1' },
      ],
      background: false,
      conversation: null,
      include: [],
      instructions: 'Be brief.',
      max_output_tokens: 10,
      max_tool_calls: 1,
      metadata: {},
      parallel_tool_calls: false,
      previous_response_id: null,
      prompt: null,
      prompt_cache_key: 'k',
      prompt_cache_retention: '24h',
      reasoning: { effort: 'low', summary: 'auto' },
      safety_identifier: 's',
      service_tier: 'auto',
      store: false,
      stream: true,
      stream_options: { include_obfuscation: false },
      temperature: 0,
      text: { format: { type: 'json_schema', name: 'a', schema: {} }, verbosity: 'low' },
      tool_choice: { type: 'function', name: 'f' },
      tools: [
        { type: 'function', name: 'f', parameters: {}, strict: true },
        { type: 'custom', name: 'g', format: { type: 'text' } },
        { type: 'namespace', name: 'n', tools: [{ type: 'function', name: 'f' }] },
        { type: 'web_search', external_web_access: false },
      ],
      top_logprobs: 1,
      top_p: 1,
      truncation: 'disabled',
      user: 'u',
    };
    expect(ResponseRequestSchema.parse(request)).toEqual(request);
  });

  it.each([
    ['an item of no known type', { input: [{ type: 'dream' }] }, 'input.0.type'],
    ['a tool of no known type', { tools: [{ type: 'dream' }] }, 'tools.0.type'],
    [
      'a name that no model can write',
      { tools: [{ type: 'function', name: 'a b' }] },
      'tools.0.name',
    ],
    ['a call without an id', { input: [{ type: 'function_call' }] }, 'input.0.call_id'],
    ['a parameter of another API', { max_tokens: 1 }, 'max_tokens'],
  ])('refuses %s by its place', (_, fault, field) => {
    const request = { model: 'a', input: 'Hi', ...fault };
    expect(rejectionOf(ResponseRequestSchema, request).details.field).toBe(field);
  });
});

it('an output item is an input item, as clients send it back', () => {
  const output = [
    {
      type: 'message',
      id: 'msg_1',
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: 'Hi', annotations: [], logprobs: [] }],
    },
    { type: 'reasoning', id: 'rs_1', status: 'completed', summary: [], content: [] },
    {
      type: 'function_call',
      id: 'fc_1',
      call_id: '1',
      name: 'f',
      arguments: '{}',
      status: 'completed',
    },
  ];
  for (const item of output) expect(ResponseInputItemSchema.parse(item)).toEqual(item);
});

it('an event of a stream is told apart by its type', () => {
  const delta = {
    type: 'response.output_text.delta',
    sequence_number: 3,
    item_id: 'msg_1',
    output_index: 0,
    content_index: 0,
    delta: 'Hi',
    logprobs: [],
  };
  expect(ResponseStreamEventSchema.parse(delta)).toEqual(delta);
  expect(rejectionOf(ResponseStreamEventSchema, { ...delta, type: 'ping' }).details.field).toBe(
    'type',
  );
});
