import type { Engine } from '@mlx/engine';
import { atMost } from '../../measure/measurement.ts';
import { quantile } from '../../measure/statistics.ts';
import type { Benchmark } from '../benchmark.ts';
import { delaysTogether, STEP_MS } from '../transport/latency.ts';
import { MODEL, startFakeEngine } from '../transport/fake-engine.ts';
import { startFleet } from './start-fleet.ts';

const GENERATION = { stepMs: STEP_MS, timestamps: true } as const;

/** What the way over a fleet adds to each frame of tokens, the same sidecar behind both. */
export const overhead: Benchmark = {
  id: 'fleet-overhead',
  async measure({ rounds, progress }) {
    await using direct = await startFakeEngine(GENERATION);
    await using fleet = await startFleet(1, { type: 'fake', generation: GENERATION }, MODEL);
    const over = { generate: (tokens: number) => generate(fleet.engine, tokens) };
    await delaysTogether(direct);
    await delaysTogether(over);
    const added: { middle: number; worst: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      progress(`frames over a fleet and without one: round ${round + 1} of ${rounds}`);
      const [without, within] = [await delaysTogether(direct), await delaysTogether(over)];
      const add = (fraction: number) => quantile(within, fraction) - quantile(without, fraction);
      added.push({ middle: add(0.5), worst: add(0.99) });
    }
    return [
      {
        kind: 'reading',
        id: 'fleet-overhead',
        title: 'what a fleet adds to a frame of 16 streams, median',
        unit: 'ms',
        bar: atMost(1),
        values: added.map(({ middle }) => middle),
      },
      {
        kind: 'reading',
        id: 'fleet-overhead-worst',
        title: 'the same, 99th percentiles',
        unit: 'ms',
        bar: atMost(3),
        values: added.map(({ worst }) => worst),
      },
    ];
  },
};

export const generate = (engine: Engine, tokens: number) =>
  engine.createGenerator({ model: MODEL, prompt: 'anything', maxTokens: tokens });
