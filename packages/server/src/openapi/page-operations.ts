import { OpenAIErrorSchema } from '@mlx/schemas';
import { ServerStatsSchema } from '@mlx/schemas/endpoints';
import { z } from 'zod';
import type { Operation } from './operation.js';

/** What the chat page asks beside models and chats. */
export const pageOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/stats',
    summary: 'Tell what the server is doing: requests, tokens, caches and memory of each model',
    response: ServerStatsSchema,
    error: OpenAIErrorSchema,
  },
  {
    method: 'get',
    path: '/v1/mcp',
    summary: 'List the MCP servers that are reached through this server, at /v1/mcp/{name}',
    response: z.looseObject({ data: z.array(z.looseObject({ name: z.string() })) }),
    error: OpenAIErrorSchema,
  },
];
