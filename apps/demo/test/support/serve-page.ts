import { fileURLToPath } from 'node:url';
import {
  createHandler,
  listen,
  type HandlerOptions,
  type HttpServer,
  type ServingEngine,
} from '@mlx/server';

const pageDirectory = fileURLToPath(new URL('../../dist', import.meta.url));

/** Serves the built page over an engine, as `mlx-serve serve --page` does. */
export function servePage(
  engine: ServingEngine,
  options: HandlerOptions = {},
): Promise<HttpServer> {
  return listen(createHandler(engine, { ...options, pageDirectory }), {
    host: '127.0.0.1',
    port: 0,
  });
}
