import { Hono } from 'hono';
import type { HandlerEnvironment } from '../environment.js';
import { serveRequest } from '../generation/serve-request.js';
import { planDetokenize, planTokenize } from '../endpoints/tokenize.js';
import type { RouteContext } from '../route-context.js';

/** Texts and tokens into each other, at the addresses that other servers have for it. */
export function tokenizerRoutes(routes: RouteContext): Hono<HandlerEnvironment> {
  const app = new Hono<HandlerEnvironment>();
  for (const path of ['/v1/tokenize', '/tokenize']) {
    app.post(path, (context) => serveRequest(context, routes, planTokenize));
  }
  for (const path of ['/v1/detokenize', '/detokenize']) {
    app.post(path, (context) => serveRequest(context, routes, planDetokenize));
  }
  return app;
}
