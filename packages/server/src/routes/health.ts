import { Hono } from 'hono';
import type { ReadinessStatus } from '../readiness.js';
import type { RouteContext } from './context.js';

/** Probes: alive as long as it answers; ready while new work can be done. */
export function healthRoutes({ options, work }: RouteContext): Hono {
  const app = new Hono();
  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.get('/readyz', (context) => {
    const status = work.draining ? shuttingDown : options.readiness.status;
    context.header('cache-control', 'no-store');
    if (status.state === 'ready') return context.json(status);
    context.header('retry-after', '2');
    return context.json(status, 503);
  });
  return app;
}

const shuttingDown: ReadinessStatus = { state: 'failed', message: 'The server is shutting down.' };
