import { AnthropicCountTokensRequestSchema, AnthropicMessagesRequestSchema } from '@mlx/schemas';
import { Hono } from 'hono';
import { anthropicParameter } from '../anthropic/parameter-names.js';
import { countFields, messageFields } from '../anthropic/message-fields.js';
import { messageWriter } from '../anthropic/message-writer.js';
import { toCountRequest, toMessagesParams } from '../anthropic/to-params.js';
import type { HandlerEnvironment } from '../environment.js';
import type { BodyReader } from '../fields/body-reader.js';
import { generate, type CallPlan, type GenerationPlan } from '../generation/generate.js';
import { requireModelId } from '../models.js';
import type { RouteContext } from './context.js';

/** Anthropic's API, for clients that speak that one. */
export function messageRoutes(routes: RouteContext): Hono<HandlerEnvironment> {
  const app = new Hono<HandlerEnvironment>();
  app.post('/v1/messages', (context) => generate(context, routes, plan));
  app.post('/v1/messages/count_tokens', (context) => generate(context, routes, planCount));
  return app;
}

function plan(body: unknown, reader: BodyReader): GenerationPlan {
  const request = reader.parse(AnthropicMessagesRequestSchema, messageFields, body);
  requireModelId(request.model);
  return {
    model: request.model,
    prompts: [toMessagesParams(request)],
    answersPerPrompt: 1,
    tenant: request.metadata?.user_id ?? undefined,
    stream: request.stream ?? false,
    clientField: anthropicParameter,
    writer: messageWriter(request.model),
  };
}

function planCount(body: unknown, reader: BodyReader): CallPlan {
  const request = reader.parse(AnthropicCountTokensRequestSchema, countFields, body);
  requireModelId(request.model);
  return {
    model: request.model,
    body: async (engine, signal) => ({
      input_tokens: await engine.countTokens(toCountRequest(request), { signal }),
    }),
  };
}
