import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod';
import { schemaStore } from '../../environment/schema-store.ts';
import { atMost, type Measurement } from '../../measure/measurement.ts';
import { quantile } from '../../measure/statistics.ts';
import type { Benchmark, BenchmarkContext } from '../benchmark.ts';

const SCRIPT = fileURLToPath(new URL('../../../python/schema_corpora.py', import.meta.url));
const LONGEST_OUTPUT_BYTES = 64 * 2 ** 20;
/** Where the public jsonschemabench is checked out: no registry has it. */
const CHECKOUT = 'JSONSCHEMABENCH';

const OutcomeSchema = z.object({
  schemas: z.number(),
  refused: z.array(z.string()),
  compile_ms: z.array(z.number()),
  valid: z.number(),
  valid_refused: z.array(z.string()),
  invalid: z.number(),
  invalid_writable: z.array(z.string()),
  invalid_told: z.number(),
});
type Outcome = z.infer<typeof OutcomeSchema>;

/** Public schemas as requests that are not strict send them: refused, obeyed, and how fast. */
export const corpora: Benchmark = {
  id: 'schema-corpora',
  async measure(context) {
    const { contenders, progress } = context;
    const store = await look(context, await schemaStore(contenders.environment));
    const checkout = process.env[CHECKOUT];
    if (checkout === undefined) {
      progress(`${CHECKOUT} names no checkout of jsonschemabench: SchemaStore alone`);
      return readings('SchemaStore', store);
    }
    const bench = await look(context, join(checkout, 'maskbench', 'data'));
    return [...readings('SchemaStore', store), ...readings('jsonschemabench', bench)];
  },
};

async function look({ contenders, quick, progress }: BenchmarkContext, folder: string) {
  const { python, env, modelDirectory } = contenders.environment;
  const tokenizer = join(modelDirectory, 'tokenizer.json');
  const { stdout } = await promisify(execFile)(
    python,
    [SCRIPT, tokenizer, folder, quick ? '20' : '1'],
    { env, maxBuffer: LONGEST_OUTPUT_BYTES },
  );
  const outcome = OutcomeSchema.parse(JSON.parse(stdout));
  for (const name of [...outcome.refused, ...outcome.invalid_writable, ...outcome.valid_refused]) {
    progress(name);
  }
  return outcome;
}

function readings(corpus: string, outcome: Outcome): Measurement[] {
  const { schemas, valid, invalid } = outcome;
  const reading = (id: string, title: string, unit: string, bar: number, values: number[]) =>
    ({
      kind: 'reading',
      id,
      title: `${corpus}: ${title}`,
      unit,
      bar: atMost(bar),
      values,
    }) as const;
  const found = [
    reading(
      'schemas-refused',
      `of ${schemas} schemas refused`,
      '%',
      8,
      share(outcome.refused, schemas),
    ),
    reading('schemas-compile', '99 of 100 compiled within', 'ms', 500, [
      quantile(outcome.compile_ms, 0.99),
    ]),
  ];
  if (valid + invalid === 0) return found;
  return [
    ...found,
    reading(
      'valid-refused',
      `of ${valid} valid instances refused`,
      '%',
      0.1,
      share(outcome.valid_refused, valid),
    ),
    reading('invalid-writable', `of ${invalid} invalid instances writable, untold`, '', 0, [
      outcome.invalid_writable.length,
    ]),
  ];
}

/** In percent. */
function share(part: readonly unknown[], of: number): number[] {
  return [(100 * part.length) / Math.max(of, 1)];
}
