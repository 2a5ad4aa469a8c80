import { CompletionRequestSchema } from '@mlx/schemas';
import { Hono } from 'hono';
import type { BodyReader } from '../fields/body-reader.js';
import { serveRequest, type CallPlan, type AnswerPlan } from '../generation/serve-request.js';
import type { HandlerEnvironment } from '../environment.js';
import { answerPlan } from '../openai/answer-plan.js';
import { CompletionEcho, isEcho, planEcho } from '../openai/completion-echo.js';
import { completionFields } from '../openai/completion-fields.js';
import { completionFormat } from '../openai/completion-format.js';
import { toCompletionParams } from '../openai/completion-params.js';
import { openAIParameter } from '../openai/parameter-names.js';
import type { RouteContext } from '../route-context.js';

export function completionRoutes(routes: RouteContext): Hono<HandlerEnvironment> {
  const app = new Hono<HandlerEnvironment>();
  app.post('/v1/completions', (context) => serveRequest(context, routes, planCompletion));
  return app;
}

function planCompletion(body: unknown, reader: BodyReader): AnswerPlan | CallPlan {
  const request = reader.parse(CompletionRequestSchema, completionFields, body);
  if (isEcho(request)) return planEcho(request);
  const echo = request.echo === true ? new CompletionEcho(request, request.n ?? 1) : undefined;
  const plan = answerPlan(request, {
    prompts: toCompletionParams(request),
    clientField: openAIParameter,
    reader,
    format: completionFormat(request.model, typeof request.logprobs === 'number', echo),
  });
  return { ...plan, ...(echo && { prepare: (engine, signal) => echo.prepare(engine, signal) }) };
}
