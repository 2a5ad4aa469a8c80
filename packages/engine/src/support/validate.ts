import { zodErrorToEngineError } from '@mlx/schemas';
import type { z } from 'zod';
import { withHints } from './with-hints.js';

/** The parsed value, or InvalidParams naming the field at fault. */
export function validate<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw withHints(zodErrorToEngineError(result.error), result.error, schema);
}
