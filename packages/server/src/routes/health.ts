import { Hono } from 'hono';
import type { ReadinessStatus } from '../readiness.js';
import type { RouteContext } from '../route-context.js';

/** Probes: alive as long as it answers; ready while new work can be done. */
export function healthRoutes({ engine, options, work }: RouteContext): Hono {
  const app = new Hono();
  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.get('/readyz', async (context) => {
    const status = await currentStatus();
    context.header('cache-control', 'no-store');
    if (status.state === 'ready') return context.json(status);
    context.header('retry-after', '2');
    return context.json(status, 503);
  });
  return app;

  async function currentStatus(): Promise<ReadinessStatus> {
    if (work.draining) return failed('The server is shutting down.');
    const { status } = options.readiness;
    if (status.state !== 'ready') return status;
    const { healthy, models = [] } = await engine.healthCheck();
    if (healthy) return status;
    if (comesBack(models.map(({ state }) => state))) return RESTARTING;
    return failed('A model has stopped working. The log of the server says why.');
  }
}

const RESTARTING: ReadinessStatus = {
  state: 'loading',
  step: 'A model crashed and is being restarted',
  progress: null,
};

/** Some model is on its way, and none needs a person. */
function comesBack(states: readonly string[]): boolean {
  return states.includes('loading') && !states.includes('failed');
}

function failed(message: string): ReadinessStatus {
  return { state: 'failed', message };
}
