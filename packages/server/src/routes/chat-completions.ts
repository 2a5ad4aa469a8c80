import { ChatCompletionRequestSchema } from '@mlx/schemas';
import { Hono } from 'hono';
import type { RequestVariables } from '../middleware/request-log.js';
import { requireModelId } from '../models.js';
import { chatFormat } from '../openai/chat-format.js';
import { toChatParams } from '../openai/chat-params.js';
import { parseBody } from '../openai/parse-body.js';
import type { RouteContext } from './context.js';
import { generate, type GenerationPlan } from './generation.js';

export function chatCompletionRoutes(routes: RouteContext): Hono<{ Variables: RequestVariables }> {
  const app = new Hono<{ Variables: RequestVariables }>();
  app.post('/v1/chat/completions', (context) => generate(context, routes, plan));
  return app;
}

function plan(body: unknown): GenerationPlan {
  const request = parseBody(ChatCompletionRequestSchema, body);
  requireModelId(request.model);
  return {
    model: request.model,
    prompts: [toChatParams(request)],
    answersPerPrompt: request.n ?? 1,
    tenant: request.user ?? undefined,
    format: chatFormat(request.model, request.logprobs ?? false),
    stream: request.stream ?? false,
    includeUsage: request.stream_options?.include_usage ?? false,
  };
}
