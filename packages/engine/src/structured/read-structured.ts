import type { GeneratorParams } from '@mlx/schemas';
import type * as z from 'zod';
import { generationSchema, isZodSchema } from './generation-schema.js';
import type { AnySchema } from './any-schema.js';

type Without<T, Key> = { [Name in keyof T as Name extends Key ? never : Name]: T[Name] };

/** Parameters whose answer is made for a zod schema. */
export type TypedParams<Schema extends AnySchema> = Without<GeneratorParams, 'structured'> & {
  structured: Schema;
};

/** What may be there of an answer that is being written; elements of lists are whole or the last. */
export type DeepPartial<T> = T extends (infer Element)[]
  ? DeepPartial<Element>[]
  : T extends object
    ? { [Key in keyof T]?: DeepPartial<T[Key]> }
    : T;

export type PartialAnswer<Schema extends AnySchema> = DeepPartial<z.input<Schema>>;

export interface ReadStructured<Schema extends AnySchema> {
  /** With a JSON Schema where a zod schema was. */
  readonly params: unknown;
  readonly schema: Schema | undefined;
}

/** Takes a zod schema out of the parameters; the grammar is made from its JSON Schema. */
export function readStructured<Schema extends AnySchema>(params: unknown): ReadStructured<Schema> {
  if (typeof params !== 'object' || params === null || !('structured' in params)) {
    return { params, schema: undefined };
  }
  const { structured } = params;
  if (!isZodSchema(structured)) return { params, schema: undefined };
  const config = { schema: generationSchema(structured), format: 'json' };
  return { params: { ...params, structured: config }, schema: structured as Schema };
}
