import { createEngine, type Engine } from '@mlx/engine';
import { DEFAULT_MODEL_ID } from '@mlx/engine/setup';

/** An engine with the default model, in the environment that `npm test` sets up. */
export async function startRealEngine(): Promise<Engine> {
  const engine = createEngine();
  await engine.loadModel(DEFAULT_MODEL_ID);
  await engine.warmupModel(DEFAULT_MODEL_ID);
  return engine;
}
