import { EngineClientError } from '@mlx/schemas';
import * as z from 'zod';
import { invalidParameter } from '../support/errors.js';
import type { AnySchema, JsonSchema } from './any-schema.js';
import { closeIntersections } from './intersections.js';

const made = new WeakMap<AnySchema, JsonSchema>();

export function isZodSchema(value: unknown): value is AnySchema {
  return typeof value === 'object' && value !== null && '_zod' in value;
}

/**
 * The JSON Schema that constrains a model to what a zod schema takes in, as zod writes it:
 * it is read like one that comes over HTTP. What JSON Schema cannot say (refinements,
 * transforms) is left to parsing the answer.
 * @param field the parameter that is at fault where JSON Schema has nothing like it
 */
export function generationSchema(schema: AnySchema, field = 'structured'): JsonSchema {
  const known = made.get(schema);
  if (known !== undefined) return known;
  const json = toJsonSchema(schema, field);
  made.set(schema, json);
  return json;
}

function toJsonSchema(schema: AnySchema, field: string): JsonSchema {
  try {
    const {
      $schema: _,
      '~standard': __,
      ...json
    } = z.toJSONSchema(schema, {
      io: 'input',
      override: ({ zodSchema, jsonSchema }) => {
        refuseFile(zodSchema);
        dropNotes(zodSchema, jsonSchema);
        closeObject(zodSchema, jsonSchema);
      },
    });
    closeIntersections(json);
    return json;
  } catch (thrown) {
    if (thrown instanceof EngineClientError) throw thrown;
    throw invalidParameter(field, thrown instanceof Error ? thrown.message : String(thrown));
  }
}

/** zod writes a file as a text, and takes none. */
function refuseFile(zodSchema: AnySchema): void {
  if (zodSchema._zod.def.type === 'file') throw new Error('Files cannot be represented in JSON');
}

const NOTES = new Set(['title', 'description', 'examples', 'deprecated', 'id']);

/** Whatever else an application keeps in a schema's metadata is not for the model. */
function dropNotes(zodSchema: AnySchema, json: JsonSchema): void {
  const notes = z.globalRegistry.get(zodSchema) ?? {};
  for (const name of Object.keys(notes)) if (!NOTES.has(name)) delete json[name];
}

/** zod drops keys that it does not know; the model does not write them. */
function closeObject(zodSchema: AnySchema, json: JsonSchema): void {
  if (json.type !== 'object' || zodSchema._zod.def.type !== 'object') return;
  json.additionalProperties ??= false;
}
