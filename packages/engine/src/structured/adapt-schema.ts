import * as z from 'zod';
import type { AnySchema } from './any-schema.js';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Beyond it a double has no digits after the point, and a grammar no form for the range. */
const LARGEST_BOUND = 2 ** 53;

/** `z.url()` takes what the platform's URL parser takes; of that, plain web addresses. */
const WEB_ADDRESS =
  '^https?://[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?(\\.[a-z]{2,12}){1,3}(/[A-Za-z0-9_.-]{1,40}){0,6}/?$';

const LOOK_AROUND = /\(\?<?[=!]/;

/**
 * Brings zod's JSON Schema of one part into the form that the grammar compiler
 * obeys whole. It may only narrow what zod takes, never widen it, but for bounds
 * that only parsing can hold.
 */
export function adaptSchema(zodSchema: AnySchema, json: JsonSchema): void {
  dropNotes(zodSchema, json);
  closeObject(zodSchema, json);
  spellKeys(json);
  preferPattern(json);
  boundFraction(zodSchema, json);
  dropWideBounds(json);
  // Members with different tags exclude each other.
  if (json.oneOf !== undefined && 'discriminator' in zodSchema._zod.def) {
    json.anyOf = json.oneOf;
    delete json.oneOf;
  }
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

/** Keys of records: a list becomes properties, a pattern becomes `patternProperties`. */
function spellKeys(json: JsonSchema): void {
  const { propertyNames: names, additionalProperties: value } = json;
  if (typeof names !== 'object' || value === undefined) return;
  const keys = names.enum ?? (names.const === undefined ? undefined : [names.const]);
  if (keys !== undefined) {
    json.properties = Object.fromEntries(keys.map((key) => [String(key), value]));
  } else if (names.pattern !== undefined) {
    json.patternProperties = { [names.pattern]: value };
  } else if (Object.keys(names).some((keyword) => keyword !== 'type')) {
    return;
  }
  if (keys !== undefined || names.pattern !== undefined) json.additionalProperties = false;
  delete json.propertyNames;
}

/** Where zod gives both, the pattern is what it checks; formats are named as no standard names them. */
function preferPattern(json: JsonSchema): void {
  if (json.format === 'uri' && json.pattern === undefined) {
    json.pattern = WEB_ADDRESS;
  }
  if (json.format === undefined || (json.pattern ?? json.allOf) === undefined) return;
  const { format, pattern } = json;
  const standard = format === 'hostname' || format === 'duration';
  if (standard && pattern !== undefined && LOOK_AROUND.test(pattern)) delete json.pattern;
  else delete json.format;
}

/** Fractions of a second need no more than nanoseconds; a model may write digits without end. */
function boundFraction(zodSchema: AnySchema, json: JsonSchema): void {
  const { def } = zodSchema._zod;
  if (!('format' in def) || (def.format !== 'time' && def.format !== 'datetime')) return;
  json.pattern = json.pattern?.replace(String.raw`\.\d+`, String.raw`\.\d{1,9}`);
}

function dropWideBounds(json: JsonSchema): void {
  if (json.type !== 'number') return;
  for (const name of ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'] as const) {
    if (Math.abs(Number(json[name] ?? 0)) > LARGEST_BOUND) delete json[name];
  }
}
