import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { QuantizationMode } from '@mlx/schemas';
import type { WireParams } from '@mlx/schemas/wire';
import * as z from 'zod';
import { invalidParameter } from '../support/errors.js';

type Weights = NonNullable<WireParams<'load'>['weights']>;

const ModelConfigFileSchema = z.looseObject({
  quantization: z.looseObject({ bits: z.int() }).optional(),
});

const bitsOf = { int4: 4, int8: 8 } as const;

/**
 * The representation to compute with. The runtime keeps what is stored or makes
 * it dense; it does not quantise, so `int4` and `int8` need a model stored so.
 */
export async function weightsFor(quantization: QuantizationMode, path: string): Promise<Weights> {
  if (quantization === 'none') return 'dense';
  const bits = await storedBits(path);
  if (bits === bitsOf[quantization]) return 'stored';
  const stored = bits === undefined ? 'not quantised' : `stored in ${bits} bits`;
  throw invalidParameter(
    'quantization',
    `The weights of this model are ${stored}; load a ${bitsOf[quantization]}-bit variant of it`,
  );
}

async function storedBits(path: string): Promise<number | undefined> {
  const text = await readFile(join(path, 'config.json'), 'utf8');
  const config = ModelConfigFileSchema.safeParse(JSON.parse(text));
  return config.success ? config.data.quantization?.bits : undefined;
}
