import { setTimeout } from 'node:timers/promises';
import type { AcquireOptions } from '@mlx/engine';
import { LoadModelBodySchema, UnloadModelBodySchema } from '@mlx/schemas/endpoints';
import { Hono } from 'hono';
import { isAnthropicClient } from '../anthropic/client.js';
import { toAnthropicModel, toAnthropicModels } from '../anthropic/to-model.js';
import { readJson } from '../body/read-json.js';
import type { HandlerEnvironment } from '../environment.js';
import { HttpError } from '../http/http-error.js';
import { parseBody } from '../http/parse-body.js';
import { toKeepAliveMs } from '../models/keep-alive.js';
import type { RouteContext } from '../route-context.js';
import { unloadModel } from '../models/unload-model.js';

/** By then a name that is not known has been refused. */
const FIRST_LOOK_MS = 100;

/** Each API's clients find models in the form they know. */
export function modelRoutes(routes: RouteContext): Hono<HandlerEnvironment> {
  const { models, options } = routes;
  const app = new Hono<HandlerEnvironment>();
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
  app.post('/v1/models/load', async (context) => {
    const body = await readJson(context.req.raw, options.bodyLimits);
    const { model, keep_alive, pinned, wait } = parseBody(LoadModelBodySchema, body);
    const lasting = wait ?? true;
    const loading = load(models, model, {
      ...(lasting ? { signal: context.req.raw.signal } : {}),
      keepAliveMs: toKeepAliveMs(keep_alive),
      pinned: pinned ?? undefined,
      restart: true,
    });
    await (lasting ? loading : begun(loading));
    return context.json(await models.describe(model));
  });
  app.post('/v1/models/unload', async (context) => {
    const body = await readJson(context.req.raw, options.bodyLimits);
    const { model } = parseBody(UnloadModelBodySchema, body);
    await unloadModel(routes, model);
    return context.json({ id: model, object: 'model', state: 'unloaded' });
  });
  app.delete('/v1/models/:id{.+}', () => {
    throw new HttpError(
      'Files of models are removed on the command line only: mlx-serve rm <name>. To free memory, POST /v1/models/unload.',
      { status: 405, code: 'unsupported_endpoint', headers: { allow: 'GET, HEAD' } },
    );
  });
  return app;
}

async function load(
  models: RouteContext['models'],
  model: string,
  options: AcquireOptions,
): Promise<void> {
  const lease = await models.acquire(model, options);
  lease?.release();
}

/** Waits until a load has failed at once, or is under way; later failures are told by its state and the log. */
async function begun(loading: Promise<void>): Promise<void> {
  loading.catch(() => undefined);
  await Promise.race([loading, setTimeout(FIRST_LOOK_MS)]);
}
