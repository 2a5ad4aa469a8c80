import { Hono } from 'hono';

/** The version of the format that every Prometheus reads. */
const TEXT_FORMAT = 'text/plain; version=0.0.4; charset=utf-8';

/** What Prometheus asks for; behind the key, like all that tells of the server's use. */
export function metricsRoutes(exposition: () => Promise<string>): Hono {
  const app = new Hono();
  app.get('/metrics', async (context) => {
    context.header('content-type', TEXT_FORMAT);
    context.header('cache-control', 'no-store');
    return context.body(await exposition());
  });
  return app;
}
