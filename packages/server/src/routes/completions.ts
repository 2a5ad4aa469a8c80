import { CompletionRequestSchema } from '@mlx/schemas';
import { Hono } from 'hono';
import type { BodyReader } from '../fields/body-reader.js';
import { serveRequest, type CallPlan, type AnswerPlan } from '../generation/serve-request.js';
import type { HandlerEnvironment } from '../environment.js';
import { CompletionEcho, isEcho, planEcho } from '../openai/completion-echo.js';
import { completionFields } from '../openai/completion-fields.js';
import { completionFormat } from '../openai/completion-format.js';
import { toCompletionParams } from '../openai/completion-params.js';
import { openAIWriter } from '../openai/openai-writer.js';
import { openAIParameter } from '../openai/parameter-names.js';
import type { RouteContext } from '../route-context.js';

export function completionRoutes(routes: RouteContext): Hono<HandlerEnvironment> {
  const app = new Hono<HandlerEnvironment>();
  app.post('/v1/completions', (context) => serveRequest(context, routes, plan));
  return app;
}

function plan(body: unknown, reader: BodyReader): AnswerPlan | CallPlan {
  const request = reader.parse(CompletionRequestSchema, completionFields, body);
  if (isEcho(request)) return planEcho(request);
  const prompts = toCompletionParams(request);
  const answersPerPrompt = request.n ?? 1;
  const echo = request.echo === true ? new CompletionEcho(request, answersPerPrompt) : undefined;
  return {
    model: request.model,
    prompts,
    answersPerPrompt,
    tenant: request.user ?? undefined,
    stream: request.stream ?? false,
    clientField: openAIParameter,
    ...(echo && { prepare: (engine, signal) => echo.prepare(engine, signal) }),
    writer: openAIWriter({
      format: completionFormat(request.model, typeof request.logprobs === 'number', echo),
      prompts: prompts.length,
      answersPerPrompt,
      includeUsage: request.stream_options?.include_usage ?? false,
    }),
  };
}
