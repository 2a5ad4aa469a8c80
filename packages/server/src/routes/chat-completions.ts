import { ChatCompletionRequestSchema } from '@mlx/schemas';
import { Hono } from 'hono';
import type { BodyReader } from '../fields/body-reader.js';
import { serveRequest, type AnswerPlan } from '../generation/serve-request.js';
import type { HandlerEnvironment } from '../environment.js';
import { answerPlan } from '../openai/answer-plan.js';
import { chatFieldNames } from '../openai/chat-field-names.js';
import { chatFields } from '../openai/chat-fields.js';
import { chatFormat } from '../openai/chat-format.js';
import { ChatCalls } from '../openai/chat-calls.js';
import { customToolsOf } from '../openai/chat-tools.js';
import { toChatParams } from '../openai/chat-params.js';
import type { RouteContext } from '../route-context.js';

export function chatCompletionRoutes(routes: RouteContext): Hono<HandlerEnvironment> {
  const app = new Hono<HandlerEnvironment>();
  app.post('/v1/chat/completions', (context) => serveRequest(context, routes, planChat));
  return app;
}

function planChat(body: unknown, reader: BodyReader): AnswerPlan {
  const request = reader.parse(ChatCompletionRequestSchema, chatFields, body);
  return answerPlan(request, {
    prompts: [toChatParams(request, reader)],
    clientField: chatFieldNames(request),
    reader,
    format: chatFormat(
      request.model,
      request.logprobs ?? false,
      new ChatCalls(customToolsOf(request)),
    ),
  });
}
