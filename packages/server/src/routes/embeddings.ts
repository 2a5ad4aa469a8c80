import { Hono } from 'hono';
import type { HandlerEnvironment } from '../environment.js';
import { generate } from '../generation/generate.js';
import { planEmbeddings } from '../openai/embeddings.js';
import { planRerank } from '../rerank.js';
import { planScore } from '../score.js';
import type { RouteContext } from '../route-context.js';

/** What models say of texts without continuing them. */
export function embeddingRoutes(routes: RouteContext): Hono<HandlerEnvironment> {
  const app = new Hono<HandlerEnvironment>();
  app.post('/v1/embeddings', (context) => generate(context, routes, planEmbeddings));
  for (const path of ['/v1/rerank', '/v2/rerank', '/rerank']) {
    app.post(path, (context) => generate(context, routes, planRerank));
  }
  for (const path of ['/v1/score', '/score']) {
    app.post(path, (context) => generate(context, routes, planScore));
  }
  return app;
}
