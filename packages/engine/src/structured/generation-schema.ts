import { EngineClientError } from '@mlx/schemas';
import * as z from 'zod';
import { invalidParameter } from '../support/errors.js';
import { adaptSchema, type JsonSchema } from './adapt-schema.js';
import type { AnySchema } from './any-schema.js';

const made = new WeakMap<AnySchema, JsonSchema>();

export function isZodSchema(value: unknown): value is AnySchema {
  return typeof value === 'object' && value !== null && '_zod' in value;
}

/**
 * The JSON Schema that constrains a model to what a zod schema takes in. What
 * JSON Schema cannot say (refinements, transforms) is left to parsing the answer.
 */
export function generationSchema(schema: AnySchema): JsonSchema {
  const known = made.get(schema);
  if (known !== undefined) return known;
  const json = toJsonSchema(schema);
  made.set(schema, json);
  return json;
}

function toJsonSchema(schema: AnySchema): JsonSchema {
  try {
    const {
      $schema: _,
      '~standard': __,
      ...json
    } = z.toJSONSchema(schema, {
      io: 'input',
      override: ({ zodSchema, jsonSchema }) => adaptSchema(zodSchema, jsonSchema),
    });
    return json;
  } catch (thrown) {
    if (thrown instanceof EngineClientError) throw thrown;
    throw invalidParameter('structured', thrown instanceof Error ? thrown.message : String(thrown));
  }
}
