import { AnthropicCountTokensRequestSchema, AnthropicMessagesRequestSchema } from '@mlx/schemas';
import { Hono } from 'hono';
import { withoutForeignParts } from '../anthropic/foreign-parts.js';
import { anthropicParameter } from '../anthropic/parameter-names.js';
import { countFields, messageFields } from '../anthropic/message-fields.js';
import { messageWriter } from '../anthropic/message-writer.js';
import { withNotedImages } from '../anthropic/noted-images.js';
import { tenantOf } from '../anthropic/tenant.js';
import { refuseThread } from '../anthropic/threads.js';
import { toCountRequest, toMessagesParams, toPrompt } from '../anthropic/to-params.js';
import type { HandlerEnvironment } from '../environment.js';
import type { BodyReader } from '../fields/body-reader.js';
import { followedHints } from '../generation/followed-hints.js';
import { serveRequest, type CallPlan, type AnswerPlan } from '../generation/serve-request.js';
import type { RemoteImages } from '../images/remote-images.js';
import type { RouteContext } from '../route-context.js';

/** Anthropic's API, for clients that speak that one. */
export function messageRoutes(routes: RouteContext): Hono<HandlerEnvironment> {
  const app = new Hono<HandlerEnvironment>();
  const { images } = routes;
  app.post('/v1/messages', (context) =>
    serveRequest(context, routes, (body, reader) => plan(body, reader, images)),
  );
  app.post('/v1/messages/count_tokens', (context) =>
    serveRequest(context, routes, (body, reader) => planCount(body, reader, images)),
  );
  return app;
}

function plan(body: unknown, reader: BodyReader, images: RemoteImages): AnswerPlan {
  refuseThread(body);
  const ignore = ignoreWith(reader);
  const known = withoutForeignParts(body, ignore);
  const request = reader.parse(AnthropicMessagesRequestSchema, messageFields, known);
  return {
    model: request.model,
    prompts: [toMessagesParams(request, ignore)],
    readable: (params, capabilities) =>
      withNotedImages(params, { known: capabilities, images }, ignore),
    answersPerPrompt: 1,
    tenant: tenantOf(request.metadata?.user_id),
    stream: request.stream ?? false,
    clientField: anthropicParameter,
    writer: messageWriter(request.model, request.max_tokens),
  };
}

function planCount(body: unknown, reader: BodyReader, images: RemoteImages): CallPlan {
  const ignore = ignoreWith(reader);
  const known = withoutForeignParts(body, ignore);
  const request = reader.parse(AnthropicCountTokensRequestSchema, countFields, known);
  const prompt = toPrompt(request, ignore);
  return {
    model: request.model,
    anyAdapter: true,
    asked: { prompts: [prompt], clientField: anthropicParameter },
    body: async (engine, signal, model, id) => {
      const reasoning = followedHints(prompt.reasoning, model.known, reader, anthropicParameter);
      const readable = withNotedImages(prompt, { known: model.known, images }, ignore);
      const [shown = readable] = await images.fetched([readable], model.known, signal);
      const counted = toCountRequest(shown, reasoning);
      return { input_tokens: await engine.countTokens({ ...counted, model: id }, { signal }) };
    },
  };
}

const ignoreWith = (reader: BodyReader) => (pattern: string, path: string) =>
  reader.ignore(pattern, path);
