import { open } from 'node:fs/promises';
import * as z from 'zod';

const LENGTH_BYTES = 8;
/** The format's own limit. */
const LONGEST_HEADER = 100_000_000;

const Size = z.int().nonnegative();
const TensorSchema = z.looseObject({
  dtype: z.string(),
  shape: z.array(Size),
  data_offsets: z.tuple([Size, Size]),
});

export interface TensorInfo {
  /** Such as `F16` or `U32`. */
  readonly dtype: string;
  /** How many numbers of that type it holds. */
  readonly count: number;
  readonly bytes: number;
}

/** The tensors of a safetensors file by name, without reading them. */
export async function readTensors(path: string): Promise<ReadonlyMap<string, TensorInfo>> {
  await using file = await open(path);
  const prefix = Buffer.alloc(LENGTH_BYTES);
  await file.read(prefix, 0, LENGTH_BYTES, 0);
  const length = Number(prefix.readBigUInt64LE());
  if (length > LONGEST_HEADER) throw new Error(`${path} is no safetensors file`);
  const text = Buffer.alloc(length);
  await file.read(text, 0, length, LENGTH_BYTES);
  const header = z.record(z.string(), z.unknown()).parse(JSON.parse(text.toString('utf8')));
  const tensors = Object.entries(header).flatMap(([name, value]) => {
    const tensor = TensorSchema.safeParse(value);
    if (!tensor.success) return [];
    const { dtype, shape, data_offsets: offsets } = tensor.data;
    const count = shape.reduce((product, size) => product * size, 1);
    return [[name, { dtype, count, bytes: offsets[1] - offsets[0] }] as const];
  });
  return new Map(tensors);
}
