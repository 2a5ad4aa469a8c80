import type { z } from 'zod';
import {
  elementSchemaOf,
  isOpen,
  needsNull,
  objectSchemaFor,
  type ObjectSchema,
} from './schema-shape.js';

/** Where a field stands: as sent (`tools.3.type`), and in any request (`tools[].type`). */
export interface FieldPlace {
  readonly path: string;
  readonly pattern: string;
}

export interface Field extends FieldPlace {
  readonly value: unknown;
  readonly known: boolean;
  /** Whether what it stands in may hold keys that nobody declared. */
  readonly inOpenObject: boolean;
}

const ROOT: FieldPlace = { path: '', pattern: '' };

/**
 * A copy of a body with those fields only that `keep` wants. It is asked about
 * every field that has a value: null is absent, and what a record holds is the
 * caller's business.
 */
export function walkFields(
  schema: z.core.$ZodType,
  value: unknown,
  keep: (field: Field) => boolean,
  place: FieldPlace = ROOT,
): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    return value.map((element: unknown, index) => {
      const inner = elementSchemaOf(schema, element);
      return inner ? walkFields(inner, element, keep, elementPlace(place, index)) : element;
    });
  }
  const object = objectSchemaFor(schema, value);
  return object ? walkObject(object, value, keep, place) : value;
}

function walkObject(
  schema: ObjectSchema,
  value: object,
  keep: (field: Field) => boolean,
  place: FieldPlace,
): object {
  const kept: [string, unknown][] = [];
  const inOpenObject = isOpen(schema);
  for (const [key, inner] of Object.entries(value)) {
    const property = Object.hasOwn(schema._zod.def.shape, key)
      ? schema._zod.def.shape[key]
      : undefined;
    if (inner === null && !(property && needsNull(property))) continue;
    const at = keyPlace(place, key);
    if (!keep({ ...at, value: inner, known: property !== undefined, inOpenObject })) continue;
    // Open objects have room for what a table alone knows.
    if (property || inOpenObject) {
      kept.push([key, property ? walkFields(property, inner, keep, at) : inner]);
    }
  }
  return Object.fromEntries(kept);
}

function keyPlace({ path, pattern }: FieldPlace, key: string): FieldPlace {
  if (path === '') return { path: key, pattern: key };
  return { path: `${path}.${key}`, pattern: `${pattern}.${key}` };
}

function elementPlace({ path, pattern }: FieldPlace, index: number): FieldPlace {
  return {
    path: path === '' ? String(index) : `${path}.${index}`,
    pattern: `${pattern}[]`,
  };
}
