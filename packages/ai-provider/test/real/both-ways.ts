import { createEngine, type Engine } from '@mlx/engine';
import { DEFAULT_MODEL_ID } from '@mlx/engine/setup';
import { createHandler, listen, type HttpServer } from '@mlx/server';
import { createMlx, type MlxProvider } from '../../src/index.js';
import { writeAdapter } from './write-adapter.js';

export const modelId = DEFAULT_MODEL_ID;
export type Way = 'in the same process' | 'over HTTP';
export const ways: readonly Way[] = ['in the same process', 'over HTTP'];

/** One engine with the default model and an adapter of it, `odd`, reached both ways. */
export interface BothWays extends AsyncDisposable {
  readonly engine: Engine;
  readonly server: HttpServer;
  readonly providers: Readonly<Record<Way, MlxProvider>>;
}

export async function startBothWays(): Promise<BothWays> {
  const engine = createEngine();
  await engine.loadModel({ model: modelId, adapters: { odd: writeAdapter() } });
  await engine.warmupModel(modelId);
  const server = await listen(createHandler(engine), { host: '127.0.0.1', port: 0 });
  return {
    engine,
    server,
    providers: {
      'in the same process': createMlx({ engine }),
      'over HTTP': createMlx({ baseURL: server.url }),
    },
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await engine.shutdown();
    },
  };
}

/** The provider of one way and its model, known once the engine runs. */
export function reach(both: BothWays, way: Way) {
  return { mlx: both.providers[way], model: both.providers[way](modelId) };
}
