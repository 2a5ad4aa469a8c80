import { Hono } from 'hono';
import type { ResolvedOptions } from '../options.js';

/** The version of the format that every Prometheus reads. */
const TEXT_FORMAT = 'text/plain; version=0.0.4; charset=utf-8';

/** What those who watch the server ask for; behind the key, like all that tells of its use. */
export function watchRoutes({ metrics, stats }: Pick<ResolvedOptions, 'metrics' | 'stats'>): Hono {
  const app = new Hono();
  if (metrics) {
    app.get('/metrics', async (context) => {
      context.header('content-type', TEXT_FORMAT);
      context.header('cache-control', 'no-store');
      return context.body(await metrics());
    });
  }
  if (stats) {
    app.get('/stats', async (context) => {
      context.header('cache-control', 'no-store');
      return context.json(await stats());
    });
  }
  return app;
}
