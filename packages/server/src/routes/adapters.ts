import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { LoadAdapterBodySchema, UnloadAdapterBodySchema } from '@mlx/schemas/endpoints';
import { Hono } from 'hono';
import { readJson } from '../body/read-json.js';
import type { HandlerEnvironment } from '../environment.js';
import { HttpError } from '../http/http-error.js';
import { parseBody } from '../http/parse-body.js';
import { toHttpError } from '../http/to-http-error.js';
import type { RouteContext } from '../route-context.js';

/** Adapters come and go while the server runs, by the addresses that vLLM has for it. */
export function adapterRoutes({ engine, models, options }: RouteContext): Hono<HandlerEnvironment> {
  const app = new Hono<HandlerEnvironment>();
  app.post('/v1/load_lora_adapter', async (context) => {
    const body = await readJson(context.req.raw, options.bodyLimits);
    const asked = parseBody(LoadAdapterBodySchema, body);
    const model = named(asked.model);
    const path = await allowedPath(asked.lora_path, options.adapterDirectories);
    if (engine.loadAdapter === undefined) throw notHere();
    if (asked.load_inplace === true) await forget(asked.lora_name, model);
    const loading = engine.loadAdapter({ name: asked.lora_name, path, model });
    const adapter = await loading.catch(refuse);
    return context.json(await models.describe(`${adapter.model}:${adapter.name}`));
  });
  app.post('/v1/unload_lora_adapter', async (context) => {
    const body = await readJson(context.req.raw, options.bodyLimits);
    const { lora_name, model } = parseBody(UnloadAdapterBodySchema, body);
    if (engine.unloadAdapter === undefined) throw notHere();
    await engine.unloadAdapter(lora_name, named(model)).catch(refuse);
    return context.json({ id: lora_name, object: 'model', state: 'unloaded' });
  });
  return app;

  function named(model: string | null | undefined): string | undefined {
    return model ? models.realName(model) : undefined;
  }

  async function forget(name: string, model: string | undefined): Promise<void> {
    const adapters = (await engine.listAdapters?.(model)) ?? [];
    if (adapters.some((adapter) => adapter.name === name)) {
      await engine.unloadAdapter?.(name, model);
    }
  }
}

const fieldNames: Readonly<Record<string, string>> = { name: 'lora_name', path: 'lora_path' };

/** Throws what the engine says of an adapter, under the names of the body. */
function refuse(error: unknown): never {
  throw toHttpError(error, (field) => fieldNames[field] ?? field);
}

/** A client may not have any file of the machine read; links are followed before it is looked where a path leads. */
async function allowedPath(path: string, directories: readonly string[]): Promise<string> {
  const real = await realpath(resolve(path)).catch(() => undefined);
  const roots = await Promise.all(directories.map((root) => realpath(root).catch(() => undefined)));
  const inside = (root: string | undefined) => root !== undefined && real && isBelow(root, real);
  if (real !== undefined && roots.some(inside)) return real;
  throw new HttpError(
    directories.length === 0
      ? 'Adapters cannot be loaded over HTTP here: name their folder in model.trusted_model_directories, or start with --adapter name=path.'
      : 'lora_path must be a directory below one of model.trusted_model_directories.',
    { status: 403, code: 'adapter_not_allowed', param: 'lora_path' },
  );
}

function isBelow(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

const notHere = () =>
  new HttpError('This server takes no adapters while it runs.', {
    status: 404,
    code: 'route_not_found',
  });
