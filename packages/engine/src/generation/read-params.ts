import { GeneratorParamsWithStructuredSchema } from '@mlx/schemas';
import type { GeneratorParams } from '@mlx/schemas';
import type { AnySchema } from '../structured/any-schema.js';
import { readStructured } from '../structured/read-structured.js';
import { validate } from '../support/validate.js';

export interface CheckedParams<Schema extends AnySchema> {
  readonly params: GeneratorParams;
  /** The zod schema that was given as `structured`. */
  readonly schema: Schema | undefined;
}

/** Parameters of a caller, checked once: whatever comes after trusts them. */
export function readParams<Schema extends AnySchema>(given: unknown): CheckedParams<Schema> {
  const { params, schema } = readStructured<Schema>(given);
  return { params: validate(GeneratorParamsWithStructuredSchema, params), schema };
}
