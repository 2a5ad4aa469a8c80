import type { FakeScript } from '@mlx/bridge/testing';
import type { RuntimeConfigInput } from '@mlx/schemas/config';
import { onTestFinished } from 'vitest';
import { createEngine } from '../../src/index.js';
import { FakeRunner } from './fake-runner.js';

export interface FakeEngine {
  readonly engine: ReturnType<typeof createEngine>;
  readonly runner: FakeRunner;
}

/** An engine over fake sidecars; both are gone when the test is over. */
export function fakeEngine(config: RuntimeConfigInput = {}, ...scripts: FakeScript[]): FakeEngine {
  const runner = new FakeRunner(config, scripts);
  const engine = createEngine({ config, runner });
  onTestFinished(async () => {
    await engine.dispose();
    runner[Symbol.dispose]();
  });
  return { engine, runner };
}

/** The same with the model `m` loaded. */
export async function loadedEngine(
  config: RuntimeConfigInput = {},
  ...scripts: FakeScript[]
): Promise<FakeEngine> {
  const fake = fakeEngine(config, ...scripts);
  await fake.engine.loadModel('m');
  return fake;
}
