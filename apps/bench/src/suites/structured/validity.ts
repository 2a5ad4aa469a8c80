import { createEngine, type Engine } from '@mlx/engine';
import { DEFAULT_MODEL_ID } from '@mlx/engine/setup';
import { atLeast } from '../../measure/measurement.ts';
import type { Benchmark } from '../benchmark.ts';
import { forms, type Form } from './schemas.ts';

const ROWS = 16;
const TOKENS = 400;

interface Attempt {
  readonly form: Form;
  readonly name: string;
  readonly seed: number;
}

/** Objects of many schemas at temperature 1: how many of them parse and validate. */
export const validity: Benchmark = {
  id: 'validity',
  async measure({ quick, progress }) {
    const attempts = allAttempts(quick ? 1 : 5);
    await using engine = createEngine();
    const { descriptor } = await engine.loadModel(DEFAULT_MODEL_ID);
    const faults: string[] = [];
    const waiting = attempts.values();
    const work = async () => {
      for (const attempt of waiting) {
        const fault = await faultOf(engine, descriptor.id, attempt);
        if (fault === undefined) continue;
        faults.push(fault);
        progress(fault);
      }
    };
    await Promise.all(Array.from({ length: ROWS }, work));
    return [
      {
        kind: 'reading',
        id: 'validity',
        title: `${attempts.length} objects of ${forms.length} zod schemas, temperature 1: valid`,
        unit: '%',
        bar: atLeast(100),
        values: [(100 * (attempts.length - faults.length)) / attempts.length],
        note: `an object that its limit of ${TOKENS} tokens cuts counts as not valid`,
      },
    ];
  },
};

function allAttempts(seeds: number): Attempt[] {
  return forms.flatMap((form, index) =>
    Array.from({ length: seeds }, (_, seed) => ({ form, name: `schema ${index}`, seed })),
  );
}

/** Why there is no object; undefined when there is one, parsed and validated by its schema. */
async function faultOf(engine: Engine, model: string, { form, name, seed }: Attempt) {
  const { schema, example } = form;
  const like = example === undefined ? '' : ` For example: ${JSON.stringify(example)}`;
  try {
    await engine.generate({
      model,
      messages: [{ role: 'user', content: `Answer with JSON, briefly.${like}` }],
      structured: schema,
      temperature: 1,
      seed,
      maxTokens: TOKENS,
    });
    return undefined;
  } catch (thrown) {
    return `${name}, seed ${seed}: ${String(thrown)}`;
  }
}
