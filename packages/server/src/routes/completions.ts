import { CompletionRequestSchema } from '@mlx/schemas';
import { Hono } from 'hono';
import type { RequestVariables } from '../middleware/request-log.js';
import { requireModelId } from '../models.js';
import { completionFormat } from '../openai/completion-format.js';
import { toCompletionParams } from '../openai/completion-params.js';
import { parseBody } from '../openai/parse-body.js';
import type { RouteContext } from './context.js';
import { generate, type GenerationPlan } from './generation.js';

export function completionRoutes(routes: RouteContext): Hono<{ Variables: RequestVariables }> {
  const app = new Hono<{ Variables: RequestVariables }>();
  app.post('/v1/completions', (context) => generate(context, routes, plan));
  return app;
}

function plan(body: unknown): GenerationPlan {
  const request = parseBody(CompletionRequestSchema, body);
  requireModelId(request.model);
  return {
    model: request.model,
    prompts: toCompletionParams(request),
    answersPerPrompt: request.n ?? 1,
    tenant: request.user ?? undefined,
    format: completionFormat(request.model, typeof request.logprobs === 'number'),
    stream: request.stream ?? false,
    includeUsage: request.stream_options?.include_usage ?? false,
  };
}
