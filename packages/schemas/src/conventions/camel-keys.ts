import * as z from 'zod';
import { EngineClientError } from '../errors/engine-client-error.js';

/**
 * Renames snake_case keys of the input to the camelCase keys that the schema
 * declares, at every depth that the schema describes. Keys that the schema
 * does not know, and whatever lies in free-form records, stay as they are.
 *
 * @throws EngineClientError InvalidParams when a key is given in both spellings.
 */
export function toCamelKeys(schema: z.core.$ZodType, input: unknown): unknown {
  if (Array.isArray(input)) return renameElements(schema, input);
  if (typeof input !== 'object' || input === null) return input;
  const fields = fieldsOf(schema);
  return fields.size > 0 ? renameKeys(fields, input) : input;
}

function renameElements(schema: z.core.$ZodType, input: unknown[]): unknown[] {
  const element = alternativesOf(schema).find((option) => option instanceof z.ZodArray)?.element;
  return element ? input.map((item) => toCamelKeys(element, item)) : input;
}

function renameKeys(fields: Map<string, z.core.$ZodType>, input: object): object {
  const output: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(input)) {
    if (key === '__proto__') continue;
    const camel = currentName(key, fields);
    const field = fields.get(camel);
    const name = field ? camel : key;
    if (name !== key && Object.hasOwn(input, name)) {
      throw new EngineClientError('InvalidParams', `'${key}' and '${name}' are the same option`);
    }
    output[name] = field ? toCamelKeys(field, value) : value;
  }
  return output;
}

/** `model_id` was another name of `model`. */
function currentName(key: string, fields: ReadonlyMap<string, unknown>): string {
  const camel = toCamelCase(key);
  return camel === 'modelId' && !fields.has('modelId') && fields.has('model') ? 'model' : camel;
}

const toCamelCase = (key: string) =>
  key.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** The fields of every object that the schema accepts at this level. */
function fieldsOf(schema: z.core.$ZodType): Map<string, z.core.$ZodType> {
  const fields = new Map<string, z.core.$ZodType>();
  for (const option of alternativesOf(schema)) {
    if (!(option instanceof z.ZodObject)) continue;
    for (const [key, field] of Object.entries(option.shape)) {
      if (!fields.has(key)) fields.set(key, field);
    }
  }
  return fields;
}

/** What the schema comes down to without wrappers such as `optional` and `default`. */
function alternativesOf(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(alternativesOf);
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault
  ) {
    return alternativesOf(schema.def.innerType);
  }
  // A preprocessed schema: what comes out of the transform is what callers write.
  if (schema instanceof z.ZodPipe) return alternativesOf(schema.def.out);
  return [schema];
}
