import { OpenAIErrorSchema } from '@mlx/schemas';
import {
  ResponseDeletedSchema,
  ResponseItemListSchema,
  ResponseRequestSchema,
  ResponseSchema,
  ResponseTokensRequestSchema,
  ResponseTokensSchema,
} from '@mlx/schemas/responses';
import { RetrieveQuerySchema } from '../responses/follow-events.js';
import type { Operation } from './operation.js';

const stored = {
  path: '/v1/responses/{response}',
  pathParameter: 'response',
  error: OpenAIErrorSchema,
} as const;

export const responseOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/responses',
    summary: 'Answer a conversation of items',
    request: ResponseRequestSchema,
    response: ResponseSchema,
    error: OpenAIErrorSchema,
    streams: true,
  },
  {
    method: 'post',
    path: '/v1/responses/input_tokens',
    summary: 'Count the tokens that a response would read',
    request: ResponseTokensRequestSchema,
    response: ResponseTokensSchema,
    error: OpenAIErrorSchema,
  },
  {
    ...stored,
    method: 'get',
    summary: 'Retrieve a stored response, or the events of one that was made in the background',
    query: RetrieveQuerySchema,
    response: ResponseSchema,
    streams: true,
  },
  {
    ...stored,
    method: 'delete',
    summary: 'Forget a stored response',
    response: ResponseDeletedSchema,
  },
  {
    ...stored,
    method: 'post',
    path: '/v1/responses/{response}/cancel',
    summary: 'End a stored response that is being written',
    response: ResponseSchema,
  },
  {
    ...stored,
    method: 'get',
    path: '/v1/responses/{response}/input_items',
    summary: 'List the items that a stored response read',
    response: ResponseItemListSchema,
  },
];
