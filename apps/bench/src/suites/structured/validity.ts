import { createEngine } from '@mlx/engine';
import { DEFAULT_MODEL_ID } from '@mlx/engine/setup';
import type { ZodType } from 'zod';
import { atLeast } from '../../measure/measurement.ts';
import type { Benchmark } from '../benchmark.ts';
import { schemas } from './schemas.ts';

const TOKENS = 400;

/** Objects of many schemas at temperature 1: how many of them parse and validate. */
export const validity: Benchmark = {
  id: 'validity',
  async measure({ quick, progress }) {
    const seeds = quick ? 1 : 5;
    await using engine = createEngine();
    const { descriptor } = await engine.loadModel(DEFAULT_MODEL_ID);
    const attempts = schemas.flatMap((schema, index) =>
      Array.from({ length: seeds }, (_, seed) => ({ schema, index, seed })),
    );
    const generate = async (schema: ZodType, index: number, seed: number) =>
      engine
        .generate({
          model: descriptor.id,
          messages: [{ role: 'user', content: 'Answer with JSON, briefly.' }],
          structured: schema,
          temperature: 1,
          seed,
          maxTokens: TOKENS,
        })
        .then(
          () => undefined,
          (thrown: unknown) => `schema ${index}, seed ${seed}: ${String(thrown)}`,
        );
    const answers = await Promise.all(
      attempts.map(({ schema, index, seed }) => generate(schema, index, seed)),
    );
    const faults = answers.filter((fault) => fault !== undefined);
    for (const fault of faults) progress(fault);
    return [
      {
        kind: 'reading',
        id: 'validity',
        title: `${attempts.length} objects of ${schemas.length} zod schemas, temperature 1: valid`,
        unit: '%',
        bar: atLeast(100),
        values: [(100 * (attempts.length - faults.length)) / attempts.length],
      },
    ];
  },
};
