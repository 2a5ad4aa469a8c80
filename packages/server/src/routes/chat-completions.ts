import { ChatCompletionRequestSchema } from '@mlx/schemas';
import { Hono } from 'hono';
import type { BodyReader } from '../fields/body-reader.js';
import { serveRequest, type AnswerPlan } from '../generation/serve-request.js';
import type { HandlerEnvironment } from '../environment.js';
import { chatFieldNames } from '../openai/chat-field-names.js';
import { chatFields } from '../openai/chat-fields.js';
import { chatFormat } from '../openai/chat-format.js';
import { toChatParams } from '../openai/chat-params.js';
import { openAIWriter } from '../openai/openai-writer.js';
import type { RouteContext } from '../route-context.js';

export function chatCompletionRoutes(routes: RouteContext): Hono<HandlerEnvironment> {
  const app = new Hono<HandlerEnvironment>();
  app.post('/v1/chat/completions', (context) => serveRequest(context, routes, plan));
  return app;
}

function plan(body: unknown, reader: BodyReader): AnswerPlan {
  const request = reader.parse(ChatCompletionRequestSchema, chatFields, body);
  const prompts = [toChatParams(request)];
  const answersPerPrompt = request.n ?? 1;
  return {
    model: request.model,
    prompts,
    answersPerPrompt,
    tenant: request.user ?? undefined,
    stream: request.stream ?? false,
    clientField: chatFieldNames(request),
    writer: openAIWriter({
      format: chatFormat(request.model, request.logprobs ?? false),
      prompts: prompts.length,
      answersPerPrompt,
      includeUsage: request.stream_options?.include_usage ?? false,
    }),
  };
}
