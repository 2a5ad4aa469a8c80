import { createEngine, type Engine } from '@mlx/engine';
import type { RuntimeConfigInput } from '@mlx/schemas/config';
import { createHandler, listen } from '@mlx/server';

/** What is put under stress: an engine with its models, and a server before it. */
export interface World extends AsyncDisposable {
  readonly engine: Engine;
  readonly models: readonly string[];
  readonly url: string;
}

/** A consumer that takes nothing for so long is dropped. */
export const FORGETFUL_AFTER_MS = 4000;

/**
 * Tight limits, so that a short soak reaches them: small windows, quick
 * heartbeats, a prefix cache that is soon full. Restarts are not limited,
 * because crashes come faster than anything but chaos brings them.
 */
const config: RuntimeConfigInput = {
  python_runtime: { max_restarts: 1000, restart_delay_base_ms: 50 },
  json_rpc: { heartbeat_interval_ms: 500, heartbeat_timeout_ms: 5000 },
  stream_registry: {
    cleanup_interval_ms: 500,
    backpressure: {
      max_unacked_chunks: 16,
      ack_timeout_ms: FORGETFUL_AFTER_MS,
      slow_consumer_threshold_ms: 1000,
    },
  },
  performance: { prompt_cache_bytes: 32 * 2 ** 20 },
};

/** Loads the model under as many names as asked for, each with a process of its own. */
export async function openWorld(model: string, names: readonly string[]): Promise<World> {
  const engine = createEngine({ config });
  try {
    for (const id of names) await engine.loadModel({ model: { id, path: model } });
    const server = await listen(createHandler(engine), { host: '127.0.0.1', port: 0 });
    return {
      engine,
      models: names,
      url: server.url,
      async [Symbol.asyncDispose]() {
        await server.close();
        await engine.dispose();
      },
    };
  } catch (thrown) {
    await engine.dispose();
    throw thrown;
  }
}
