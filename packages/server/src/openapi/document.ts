import {
  AnthropicCountTokensRequestSchema,
  AnthropicErrorSchema,
  AnthropicMessageSchema,
  AnthropicMessagesRequestSchema,
  AnthropicModelListSchema,
  AnthropicModelSchema,
  AnthropicTokenCountSchema,
  ChatCompletionRequestSchema,
  ChatCompletionSchema,
  CompletionRequestSchema,
  CompletionSchema,
  OpenAIErrorSchema,
} from '@mlx/schemas';
import { OpenAIModelListSchema, OpenAIModelSchema } from '@mlx/schemas/endpoints';
import { z } from 'zod';
import { fieldTables } from '../field-tables.js';
import { fieldsThatAre } from '../fields/field-table.js';
import { version } from '../version.js';
import { markFields } from './mark-fields.js';
import { modelOperations } from './model-operations.js';
import { ollamaOperations } from './ollama-operations.js';
import type { Operation } from './operation.js';
import { pageOperations } from './page-operations.js';
import { poolingOperations } from './pooling-operations.js';
import { responseOperations } from './response-operations.js';

const operations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/models',
    summary: 'List the models that are served, in Anthropic’s form for its clients',
    response: z.union([OpenAIModelListSchema, AnthropicModelListSchema]),
    error: OpenAIErrorSchema,
  },
  {
    method: 'get',
    path: '/v1/models/{model}',
    summary: 'Describe one model, in Anthropic’s form for its clients',
    response: z.union([OpenAIModelSchema, AnthropicModelSchema]),
    error: OpenAIErrorSchema,
    pathParameter: 'model',
  },
  ...modelOperations,
  {
    method: 'post',
    path: '/v1/chat/completions',
    summary: 'Answer a conversation',
    request: ChatCompletionRequestSchema,
    response: ChatCompletionSchema,
    error: OpenAIErrorSchema,
    streams: true,
  },
  {
    method: 'post',
    path: '/v1/completions',
    summary: 'Continue text',
    request: CompletionRequestSchema,
    response: CompletionSchema,
    error: OpenAIErrorSchema,
    streams: true,
  },
  ...poolingOperations,
  {
    method: 'post',
    path: '/v1/messages',
    summary: 'Answer a conversation, in Anthropic’s form',
    request: AnthropicMessagesRequestSchema,
    response: AnthropicMessageSchema,
    error: AnthropicErrorSchema,
    streams: true,
  },
  {
    method: 'post',
    path: '/v1/messages/count_tokens',
    summary: 'Count the tokens of a conversation, in Anthropic’s form',
    request: AnthropicCountTokensRequestSchema,
    response: AnthropicTokenCountSchema,
    error: AnthropicErrorSchema,
  },
  ...responseOperations,
  ...ollamaOperations,
  ...pageOperations,
];

/** An OpenAPI 3.1 description of the API, from the schemas that requests are checked with. */
export function openApiDocument(): object {
  const paths: Record<string, object> = {};
  for (const operation of operations) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: describe(operation),
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'mlx-serve',
      version,
      description:
        'MLX language models over the APIs of OpenAI, Anthropic and Ollama. What would change an answer is honoured or refused with status 400; fields marked `x-treatment: without effect`, and unknown ones, are accepted, and the response header `mlx-ignored` names them.',
    },
    components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } } },
    security: [{}, { apiKey: [] }],
    paths,
  };
}

function describe({ path, summary, request, response, error, ...operation }: Operation) {
  const { pathParameter, query, streams, streamType = 'text/event-stream' } = operation;
  const parameters = [
    ...(pathParameter === undefined ? [] : [inPath(pathParameter)]),
    ...(query ? inQuery(query) : []),
  ];
  return {
    summary,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(request ? { requestBody: { required: true, content: body(request, path) } } : {}),
    responses: {
      '200': {
        description: 'Success',
        content: {
          ...json(response, 'output'),
          ...(streams ? { [streamType]: { schema: { type: 'string' } } } : {}),
        },
      },
      default: { description: 'Refused or failed', content: json(error, 'output') },
    },
  };
}

function inPath(name: string) {
  return { name, in: 'path', required: true, schema: { type: 'string' } };
}

function inQuery(query: z.ZodObject) {
  const { properties = {} } = z.toJSONSchema(query);
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', schema }));
}

/** A request's body; fields that the schema does not have and the table does are listed. */
function body(request: z.ZodType, path: string) {
  const content = json(request, 'input');
  const table = fieldTables[path] ?? {};
  markFields(content['application/json'].schema, table);
  return {
    'application/json': {
      ...content['application/json'],
      'x-refused': fieldsThatAre('refused', table),
      'x-without-effect': fieldsThatAre('without effect', table),
    },
  };
}

function json(schema: z.ZodType, io: 'input' | 'output') {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return { 'application/json': { schema: described } };
}
