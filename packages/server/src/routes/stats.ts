import type { BatchStats, CacheStats } from '@mlx/engine';
import type { ModelHandle } from '@mlx/schemas';
import type { ProcessStats, ServerStats } from '@mlx/schemas/endpoints';
import { Hono } from 'hono';
import type { RouteContext } from '../route-context.js';
import type { ServingEngine } from '../serving-engine.js';

/** What the server is doing: for `mlx-serve top`, the chat page and whoever else asks. */
export function statsRoutes({ engine, work }: RouteContext): Hono {
  const app = new Hono();
  app.get('/v1/stats', async (context, next) => {
    if (!engine.getBatchStats || !engine.getCacheStats) return next();
    context.header('cache-control', 'no-store');
    return context.json({
      uptime: process.uptime(),
      active_requests: work.active,
      models: await modelStats(engine),
    } satisfies ServerStats);
  });
  return app;
}

async function modelStats(engine: ServingEngine): Promise<ServerStats['models']> {
  const [handles, runtime] = await Promise.all([engine.listModels(), engine.getRuntimeInfo?.()]);
  const restarts = new Map(runtime?.models.map((model) => [model.model, model.restarts]));
  const served = handles.filter(({ draft }) => !draft);
  return Promise.all(
    served.map(async ({ descriptor: { id }, state, metadata }) => ({
      id,
      state,
      restarts: restarts.get(id),
      weight_bytes: toBytes(metadata?.['weightBytes']),
      process: await processStats(engine, id, state),
    })),
  );
}

/** A process that is lost meanwhile has no numbers; the others still have. */
async function processStats(
  engine: ServingEngine,
  model: string,
  state: ModelHandle['state'],
): Promise<ProcessStats | undefined> {
  if (state !== 'ready') return undefined;
  try {
    const [batch, cache] = await Promise.all([
      engine.getBatchStats?.(model),
      engine.getCacheStats?.(model),
    ]);
    return batch && cache && toProcessStats(batch, cache);
  } catch {
    return undefined;
  }
}

function toProcessStats(
  { requests, rows, tokens, meanBatchSize, memory, rankBytes }: BatchStats,
  { entries, bytes, hits, misses, hitRate, kv }: CacheStats,
): ProcessStats {
  return {
    requests,
    rows,
    tokens,
    mean_batch_size: meanBatchSize,
    prefix_cache: { entries, bytes, hits, misses, hit_rate: hitRate },
    kv_cache: { used_bytes: kv.usedBytes, limit_bytes: kv.limitBytes },
    memory: {
      active_bytes: memory.activeBytes,
      peak_bytes: memory.peakBytes,
      resident_bytes: memory.residentBytes,
      rank_bytes: rankBytes.length > 0 ? [...rankBytes] : undefined,
    },
  };
}

const toBytes = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined;
