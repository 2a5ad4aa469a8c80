import { randomUUID } from 'node:crypto';
import { createMiddleware } from 'hono/factory';
import type { HandlerEnvironment } from '../environment.js';
import type { Logger } from '../logger.js';

/** What a client may choose as its request id; anything else gets one of ours. */
const REQUEST_ID = /^[\w.-]{1,128}$/;

/**
 * Names every request and logs how it went: never its body, query or
 * headers, where prompts and keys are.
 */
export function requestLog(logger: Logger) {
  return createMiddleware<HandlerEnvironment>(async (context, next) => {
    const presented = context.req.header('x-request-id');
    const requestId = presented && REQUEST_ID.test(presented) ? presented : `req_${randomUUID()}`;
    const log = logger.child({ requestId });
    const startedAt = performance.now();
    context.set('requestId', requestId);
    context.set('log', log);
    await next();
    context.header('x-request-id', requestId);
    // Anthropic's clients read it under this name.
    context.header('request-id', requestId);
    const { method, path } = context.req;
    const status = context.res.status;
    const ms = Math.round(performance.now() - startedAt);
    log[path.startsWith('/v1/') ? 'info' : 'debug']({ method, path, status, ms }, 'request');
  });
}
