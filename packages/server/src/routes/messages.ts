import { AnthropicCountTokensRequestSchema, AnthropicMessagesRequestSchema } from '@mlx/schemas';
import { Hono } from 'hono';
import { messageWriter } from '../anthropic/message-writer.js';
import { toCountRequest, toMessagesParams } from '../anthropic/to-params.js';
import { readJson } from '../body/read-json.js';
import { generate, type GenerationPlan } from '../generation/generate.js';
import { parseBody } from '../http/parse-body.js';
import type { HandlerEnvironment } from '../environment.js';
import { requireModelId } from '../models.js';
import type { RouteContext } from './context.js';

/** Anthropic's API, for clients that speak that one. */
export function messageRoutes(routes: RouteContext): Hono<HandlerEnvironment> {
  const app = new Hono<HandlerEnvironment>();
  app.post('/v1/messages', (context) => generate(context, routes, plan));
  app.post('/v1/messages/count_tokens', async (context) => {
    const work = routes.work.start(context.req.raw.signal);
    try {
      const body = await readJson(context.req.raw, routes.options.bodyLimits);
      const request = toCountRequest(parseBody(AnthropicCountTokensRequestSchema, body));
      await routes.options.readiness.waitUntilReady(routes.options.loadWaitMs, work.signal);
      await routes.models.require(request.model);
      const tokens = await routes.engine.countTokens(request, { signal: work.signal });
      return context.json({ input_tokens: tokens });
    } finally {
      work.finish();
    }
  });
  return app;
}

function plan(body: unknown): GenerationPlan {
  const request = parseBody(AnthropicMessagesRequestSchema, body);
  requireModelId(request.model);
  return {
    model: request.model,
    prompts: [toMessagesParams(request)],
    answersPerPrompt: 1,
    tenant: request.metadata?.user_id ?? undefined,
    stream: request.stream ?? false,
    writer: messageWriter(request.model),
  };
}
