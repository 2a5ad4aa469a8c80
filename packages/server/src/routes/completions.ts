import { CompletionRequestSchema } from '@mlx/schemas';
import { Hono } from 'hono';
import { generate, type CallPlan, type GenerationPlan } from '../generation/generate.js';
import { parseBody } from '../http/parse-body.js';
import type { HandlerEnvironment } from '../environment.js';
import { requireModelId } from '../models.js';
import { isEcho, planEcho } from '../openai/completion-echo.js';
import { completionFormat } from '../openai/completion-format.js';
import { toCompletionParams } from '../openai/completion-params.js';
import { openAIWriter } from '../openai/openai-writer.js';
import type { RouteContext } from './context.js';

export function completionRoutes(routes: RouteContext): Hono<HandlerEnvironment> {
  const app = new Hono<HandlerEnvironment>();
  app.post('/v1/completions', (context) => generate(context, routes, plan));
  return app;
}

function plan(body: unknown): GenerationPlan | CallPlan {
  const request = parseBody(CompletionRequestSchema, body);
  requireModelId(request.model);
  if (isEcho(request)) return planEcho(request);
  const prompts = toCompletionParams(request);
  const answersPerPrompt = request.n ?? 1;
  return {
    model: request.model,
    prompts,
    answersPerPrompt,
    tenant: request.user ?? undefined,
    stream: request.stream ?? false,
    writer: openAIWriter({
      format: completionFormat(request.model, typeof request.logprobs === 'number'),
      prompts: prompts.length,
      answersPerPrompt,
      includeUsage: request.stream_options?.include_usage ?? false,
    }),
  };
}
