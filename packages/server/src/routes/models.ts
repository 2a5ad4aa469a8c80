import { Hono } from 'hono';
import type { RouteContext } from './context.js';

export function modelRoutes({ models }: RouteContext): Hono {
  const app = new Hono();
  app.get('/v1/models', async (context) =>
    context.json({ object: 'list', data: await models.list() }),
  );
  // Names hold a slash, which clients send as it is or encoded.
  app.get('/v1/models/:id{.+}', async (context) =>
    context.json(await models.require(context.req.param('id'))),
  );
  return app;
}
