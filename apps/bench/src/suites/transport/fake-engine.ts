import { Supervisor } from '@mlx/bridge';
import { fakeSidecar, type FakeGeneration } from '@mlx/bridge/testing';
import { createEngine, type Engine, type Runner } from '@mlx/engine';
import type { GeneratorChunk } from '@mlx/schemas';

export const MODEL = 'fake';

export interface FakeEngine extends AsyncDisposable {
  readonly engine: Engine;
  /** The pieces of one generation of `tokens` tokens. */
  generate(tokens: number): AsyncGenerator<GeneratorChunk, void, void>;
}

/** Runs a sidecar that makes tokens out of nothing. */
export function createFakeRunner(generation: FakeGeneration) {
  const command = fakeSidecar({ generation });
  const runner: Runner = {
    locateModel: async (model) => model,
    createProcess: (onStart) => new Supervisor({ onStart, sidecar: command, spare: false }),
  };
  return { runner, command };
}

/**
 * The engine and the bridge as they are, with a sidecar that makes tokens out
 * of nothing: what is measured is the way and not the model.
 */
export async function startFakeEngine(generation: FakeGeneration): Promise<FakeEngine> {
  const { runner, command } = createFakeRunner(generation);
  const engine = createEngine({ runner });
  await engine.loadModel(MODEL);
  return {
    engine,
    generate: (tokens) =>
      engine.createGenerator({ model: MODEL, prompt: 'anything', maxTokens: tokens }),
    async [Symbol.asyncDispose]() {
      await engine.dispose();
      command[Symbol.dispose]();
    },
  };
}
