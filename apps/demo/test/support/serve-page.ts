import {
  createHandler,
  listen,
  type HandlerOptions,
  type HttpServer,
  type ServingEngine,
} from '@mlx/server';

/** Serves the page over an engine, as `mlx-serve` does. */
export function servePage(
  engine: ServingEngine,
  options: HandlerOptions = {},
  port = 0,
): Promise<HttpServer> {
  return listen(createHandler(engine, { ...options, chatPage: true }), {
    host: '127.0.0.1',
    port,
  });
}
