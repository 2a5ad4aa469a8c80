import type { BatchStats, CacheStats, Engine } from '@mlx/engine';
import type { ModelHandle } from '@mlx/schemas';

/** What `/stats` tells of one model; counters are since its process was started. */
export interface ModelStats {
  readonly id: string;
  readonly state: ModelHandle['state'];
  /** Of the process; absent while there is none to ask. */
  readonly batch?: BatchStats;
  readonly cache?: CacheStats;
  readonly restarts?: number;
  readonly weightBytes?: number;
}

export interface ServerReport {
  /** Seconds since the server was started. */
  readonly uptime: number;
  readonly activeRequests: number;
  readonly models: readonly ModelStats[];
}

/** Reads everything anew; a model that cannot be asked has no numbers. */
export async function serverReport(engine: Engine, activeRequests: number): Promise<ServerReport> {
  const [handles, runtime] = await Promise.all([engine.listModels(), engine.getRuntimeInfo()]);
  const restarts = new Map(runtime.models.map((model) => [model.model, model.restarts]));
  const models = handles
    .filter(({ draft }) => !draft)
    .map(async ({ descriptor: { id }, state, metadata }): Promise<ModelStats> => {
      const weightBytes = metadata?.['weightBytes'];
      const known = {
        id,
        state,
        restarts: restarts.get(id),
        ...(typeof weightBytes === 'number' ? { weightBytes } : {}),
      };
      if (state !== 'ready') return known;
      try {
        const [batch, cache] = await Promise.all([
          engine.getBatchStats(id),
          engine.getCacheStats(id),
        ]);
        return { ...known, batch, cache };
      } catch {
        return known;
      }
    });
  return { uptime: process.uptime(), activeRequests, models: await Promise.all(models) };
}
