import type { ServerStats } from '@mlx/schemas/endpoints';
import { Hono } from 'hono';
import type { RouteContext } from '../route-context.js';
import type { ServingEngine } from '../serving-engine.js';

/** What the server is doing, for the chat page and for `top`-like tools. */
export function statsRoutes({ engine }: RouteContext): Hono {
  const app = new Hono();
  app.get('/v1/stats', async (context, next) => {
    const [batching, caching] = await Promise.all([
      engine.getBatchStats?.(),
      engine.getCacheStats?.(),
    ]);
    if (!batching || !caching) return next();
    context.header('cache-control', 'no-store');
    return context.json(toServerStats(batching, caching));
  });
  return app;
}

type Result<Name extends 'getBatchStats' | 'getCacheStats'> = Awaited<
  ReturnType<NonNullable<ServingEngine[Name]>>
>;

function toServerStats(
  batching: Result<'getBatchStats'>,
  caching: Result<'getCacheStats'>,
): ServerStats {
  const { activeBytes, peakBytes, residentBytes } = batching.memory;
  return {
    requests: batching.requests,
    rows: batching.rows,
    tokens: batching.tokens,
    mean_batch_size: batching.meanBatchSize,
    prefix_cache: {
      entries: caching.entries,
      bytes: caching.bytes,
      hits: caching.hits,
      misses: caching.misses,
      hit_rate: caching.hitRate,
    },
    memory: { active_bytes: activeBytes, peak_bytes: peakBytes, resident_bytes: residentBytes },
  };
}
