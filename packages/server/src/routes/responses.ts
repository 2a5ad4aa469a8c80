import { Hono } from 'hono';
import type { HandlerEnvironment } from '../environment.js';
import { serveRequest, type RequestContext } from '../generation/serve-request.js';
import { HttpError } from '../http/http-error.js';
import { unsupported } from '../http/parse-body.js';
import { followEvents, streamedAfter } from '../responses/follow-events.js';
import { inputItemPage } from '../responses/input-item-page.js';
import { ownerOf } from '../responses/owner.js';
import { planInputTokens, planResponse } from '../responses/plan-response.js';
import { ResponseMemory } from '../responses/response-memory.js';
import { ResponseStore } from '../responses/response-store.js';
import { RunningResponses } from '../responses/running-responses.js';
import type { RouteContext } from '../route-context.js';
import { streamedResponse } from '../sse/streamed-response.js';

const PATH = '/v1/responses';
const NOT_STREAMED = "Only responses made with 'background' and 'stream' can be streamed again.";

/** OpenAI's newer API, which agents and the newest clients speak by default. */
export function responseRoutes(routes: RouteContext): Hono<HandlerEnvironment> {
  const app = new Hono<HandlerEnvironment>();
  const store = new ResponseStore(routes.options.responseStore);
  const running = new RunningResponses();
  const clientOf = ({ req }: RequestContext) => {
    const owner = ownerOf(req.raw);
    const memory = new ResponseMemory(store, owner);
    return { engine: routes.engine, owner, memory, running, images: routes.images };
  };

  app.post(PATH, (context) => {
    const client = clientOf(context);
    return serveRequest(context, routes, (body, reader) => planResponse(body, reader, client));
  });
  app.post(`${PATH}/input_tokens`, (context) => {
    const client = clientOf(context);
    return serveRequest(context, routes, (body, reader) => planInputTokens(body, reader, client));
  });
  app.post(`${PATH}/compact`, () => {
    throw new HttpError(
      'Compaction is not supported by this server: leave out the oldest items instead.',
      { status: 400, code: 'unsupported_endpoint' },
    );
  });

  app.get(`${PATH}/:id`, (context) => {
    const after = streamedAfter(context.req.query());
    const id = context.req.param('id');
    const owner = ownerOf(context.req.raw);
    const stored = store.find(owner, id);
    const response = running.find(owner, id) ?? stored?.response;
    if (!response) throw notStored(id);
    if (after === undefined) return context.json(response);
    const events = running.events(owner, id) ?? stored?.events;
    if (!events) throw unsupported('stream', NOT_STREAMED);
    events.requireAfter(after);
    return streamedResponse(
      context.env,
      followEvents(events, after, routes.options.stallTimeoutMs),
    );
  });
  app.delete(`${PATH}/:id`, (context) => {
    const id = context.req.param('id');
    if (!store.delete(ownerOf(context.req.raw), id)) throw notStored(id);
    return context.json({ id, object: 'response', deleted: true });
  });
  app.post(`${PATH}/:id/cancel`, (context) => {
    const id = context.req.param('id');
    const owner = ownerOf(context.req.raw);
    const response = running.cancel(owner, id);
    if (response) return context.json(response);
    const stored = store.find(owner, id);
    if (!stored) throw notStored(id);
    // Whoever cancels twice is told the same twice.
    if (stored.response.status === 'cancelled') return context.json(stored.response);
    throw new HttpError(`The response '${id}' is finished; there is nothing to cancel.`, {
      status: 400,
      code: 'response_finished',
    });
  });
  app.get(`${PATH}/:id/input_items`, (context) => {
    const id = context.req.param('id');
    const stored = store.find(ownerOf(context.req.raw), id);
    if (!stored) throw notStored(id);
    return context.json(inputItemPage(stored.input, context.req.query()));
  });
  return app;
}

function notStored(id: string): HttpError {
  return new HttpError(
    `Response with id '${id}' not found. Responses are stored only with 'store': true, in memory, and the oldest are forgotten.`,
    { status: 404, code: 'response_not_found' },
  );
}
