import * as z from 'zod';
import { strictObject } from '../common/objects.js';

/** Any part of a configuration, at every depth. */
export type Overrides<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [Key in keyof T]?: Overrides<T[Key]> }
    : T;

/**
 * A schema of any part of what the given one accepts: nothing is required and
 * no default is filled in. Rules that span fields are left to the whole.
 */
export function overridesOf<Input>(
  schema: z.ZodType<unknown, Input>,
): z.ZodType<Overrides<Input>, Overrides<Input>> {
  return withoutDefaults(schema) as z.ZodType<Overrides<Input>, Overrides<Input>>;
}

function withoutDefaults(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return withoutDefaults(schema.unwrap());
  }
  if (!(schema instanceof z.ZodObject)) return schema;
  const fields = Object.entries<z.core.$ZodType>(schema.shape);
  return strictObject(
    Object.fromEntries(fields.map(([key, field]) => [key, z.optional(withoutDefaults(field))])),
  );
}
