import * as z from 'zod';

/**
 * What Open Responses (openresponses.org, reference of 2026-04-24) requires of
 * a server, from its tables: which fields are there, and which may be null.
 */
const count = z.int().min(0);
const status = z.enum(['in_progress', 'completed', 'incomplete']);
const outputText = z.object({
  type: z.literal('output_text'),
  text: z.string(),
  annotations: z.array(z.unknown()),
});

const item = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('message'),
    id: z.string(),
    status,
    role: z.enum(['user', 'assistant', 'system', 'developer']),
    content: z.array(outputText),
  }),
  z.object({
    type: z.literal('function_call'),
    id: z.string(),
    call_id: z.string().min(1).max(64),
    name: z.string(),
    arguments: z.string(),
    status,
  }),
]);

const functionTool = z.object({
  type: z.literal('function'),
  name: z.string(),
  description: z.string().nullable(),
  parameters: z.record(z.string(), z.unknown()).nullable(),
  strict: z.boolean().nullable(),
});

export const OpenResponseShape = z.object({
  id: z.string(),
  object: z.literal('response'),
  created_at: z.int(),
  completed_at: z.int().nullable(),
  status: z.string(),
  incomplete_details: z.object({ reason: z.string() }).nullable(),
  model: z.string(),
  previous_response_id: z.string().nullable(),
  instructions: z.string().nullable(),
  output: z.array(item),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  tools: z.array(functionTool),
  tool_choice: z.union([z.enum(['none', 'auto', 'required']), z.object({ type: z.string() })]),
  truncation: z.enum(['auto', 'disabled']),
  parallel_tool_calls: z.boolean(),
  text: z.object({ format: z.object({ type: z.string() }) }),
  top_p: z.number(),
  presence_penalty: z.number(),
  frequency_penalty: z.number(),
  top_logprobs: count,
  temperature: z.number(),
  reasoning: z.object({ effort: z.string().nullable(), summary: z.string().nullable() }).nullable(),
  user: z.string().nullable(),
  usage: z
    .object({
      input_tokens: count,
      output_tokens: count,
      total_tokens: count,
      input_tokens_details: z.object({ cached_tokens: count }),
      output_tokens_details: z.object({ reasoning_tokens: count }),
    })
    .nullable(),
  max_output_tokens: count.nullable(),
  max_tool_calls: count.nullable(),
  store: z.boolean(),
  background: z.boolean(),
  service_tier: z.string(),
  metadata: z.record(z.string(), z.string()),
  safety_identifier: z.string().nullable(),
  prompt_cache_key: z.string().nullable(),
});

const event = { sequence_number: count };
const ofItem = { ...event, item_id: z.string(), output_index: count };
const ofPart = { ...ofItem, content_index: count };

export const OpenEventShape = z.discriminatedUnion('type', [
  z.object({
    type: z.enum([
      'response.created',
      'response.in_progress',
      'response.completed',
      'response.failed',
      'response.incomplete',
    ]),
    ...event,
    response: OpenResponseShape,
  }),
  z.object({
    type: z.enum(['response.output_item.added', 'response.output_item.done']),
    ...event,
    output_index: count,
    item,
  }),
  z.object({
    type: z.enum(['response.content_part.added', 'response.content_part.done']),
    ...ofPart,
    part: outputText,
  }),
  z.object({ type: z.literal('response.output_text.delta'), ...ofPart, delta: z.string() }),
  z.object({ type: z.literal('response.output_text.done'), ...ofPart, text: z.string() }),
  z.object({
    type: z.literal('response.function_call_arguments.delta'),
    ...ofItem,
    delta: z.string(),
  }),
  z.object({
    type: z.literal('response.function_call_arguments.done'),
    ...ofItem,
    arguments: z.string(),
  }),
]);
