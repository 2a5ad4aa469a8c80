import { randomUUID } from 'node:crypto';
import {
  context,
  INVALID_SPAN_CONTEXT,
  propagation,
  SpanKind,
  trace,
  type Context,
  type Span,
} from '@opentelemetry/api';
import type { HonoRequest } from 'hono';
import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import type { HandlerEnvironment } from '../environment.js';
import type { Logger } from '../logger.js';
import { version } from '../version.js';
import { RequestRecord } from '../watch/request-record.js';

/** What a client may choose as its request id; anything else gets one of ours. */
const REQUEST_ID = /^[\w.-]{1,128}$/;
/** A program and its version at the beginning of a user agent. */
const CLIENT = /^[\w.+/@-]{1,64}(?: v?\d[\w.+-]{0,31})?/;
/** Asked every few seconds by machines; a trace of each would bury the others. */
const UNTRACED: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics', '/v1/stats']);

const tracer = trace.getTracer('@mlx/server', version);

/** Names every request, traces it, and tells how it went when it is over. */
export function watchRequests(logger: Logger) {
  return createMiddleware<HandlerEnvironment>(async (handled, next) => {
    const presented = handled.req.header('x-request-id');
    const requestId = presented && REQUEST_ID.test(presented) ? presented : `req_${randomUUID()}`;
    const { method, path } = handled.req;
    const client = CLIENT.exec(handled.req.header('user-agent') ?? '')?.[0];
    const log = logger.child({ requestId });
    const [span, within] = startSpan(handled.req, requestId, client);
    const record = new RequestRecord({ log, span, method, path, client });
    handled.set('requestId', requestId);
    handled.set('log', log);
    handled.set('record', record);
    await context.with(within, next);
    handled.header('x-request-id', requestId);
    // Anthropic's clients read it under this name.
    handled.header('request-id', requestId);
    const route = routePath(handled, -1);
    if (!route.endsWith('*')) {
      span.updateName(`${method} ${route}`);
      span.setAttribute('http.route', route);
    }
    if (!record.goesOn) record.end(handled.res.status);
  });
}

/** A child of what is active already, or of what the client says it belongs to. */
function startSpan(
  request: HonoRequest,
  requestId: string,
  client: string | undefined,
): [Span, Context] {
  const active = context.active();
  const { method, path } = request;
  if (UNTRACED.has(path)) return [trace.wrapSpanContext(INVALID_SPAN_CONTEXT), active];
  const parent = trace.getSpan(active)
    ? active
    : propagation.extract(active, request, headersOfRequest);
  const attributes = {
    'http.request.method': method,
    'url.path': path,
    'mlx.request_id': requestId,
    ...(client === undefined ? {} : { 'user_agent.original': client }),
  };
  const span = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, parent);
  return [span, trace.setSpan(parent, span)];
}

const headersOfRequest = {
  get: (request: HonoRequest, name: string): string | undefined => request.header(name),
  keys: (request: HonoRequest): string[] => Object.keys(request.header()),
};
