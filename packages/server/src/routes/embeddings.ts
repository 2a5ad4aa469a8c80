import { Hono } from 'hono';
import type { HandlerEnvironment } from '../environment.js';
import { serveRequest } from '../generation/serve-request.js';
import { planEmbeddings } from '../openai/embeddings.js';
import { planRerank } from '../endpoints/rerank.js';
import { planScore } from '../endpoints/score.js';
import type { RouteContext } from '../route-context.js';

/** What models say of texts without continuing them. */
export function embeddingRoutes(routes: RouteContext): Hono<HandlerEnvironment> {
  const app = new Hono<HandlerEnvironment>();
  app.post('/v1/embeddings', (context) => serveRequest(context, routes, planEmbeddings));
  for (const path of ['/v1/rerank', '/v2/rerank', '/rerank']) {
    app.post(path, (context) => serveRequest(context, routes, planRerank));
  }
  for (const path of ['/v1/score', '/score']) {
    app.post(path, (context) => serveRequest(context, routes, planScore));
  }
  return app;
}
