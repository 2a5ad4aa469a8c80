import { Hono } from 'hono';
import { isAnthropicClient } from '../anthropic/client.js';
import { toAnthropicModel, toAnthropicModels } from '../anthropic/to-model.js';
import type { RouteContext } from '../route-context.js';

/** Each API's clients find models in the form they know. */
export function modelRoutes({ models }: RouteContext): Hono {
  const app = new Hono();
  app.get('/v1/models', async (context) => {
    const data = await models.list();
    return context.json(
      isAnthropicClient(context.req) ? toAnthropicModels(data) : { object: 'list', data },
    );
  });
  // Names hold a slash, which clients send as it is or encoded.
  app.get('/v1/models/:id{.+}', async (context) => {
    const model = await models.describe(context.req.param('id'));
    return context.json(isAnthropicClient(context.req) ? toAnthropicModel(model) : model);
  });
  return app;
}
