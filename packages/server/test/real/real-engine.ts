import { createEngine, type Engine } from '@mlx/engine';
import { DEFAULT_MODEL_ID } from '@mlx/engine/setup';

let started: Promise<Engine> | undefined;

/**
 * The engine that all files share which need the default model and nothing of their
 * own, in the environment that `npm test` sets up. It ends with the process of the tests.
 */
export async function sharedRealEngine(): Promise<Engine> {
  started ??= start();
  try {
    return await started;
  } catch (error) {
    started = undefined;
    throw error;
  }
}

async function start(): Promise<Engine> {
  const engine = createEngine();
  await engine.loadModel(DEFAULT_MODEL_ID);
  await engine.warmupModel(DEFAULT_MODEL_ID);
  return engine;
}
