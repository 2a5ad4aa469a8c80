import type { z } from 'zod';
import type { FieldTable } from '../fields/field-table.js';

type Described = z.core.JSONSchema.BaseSchema;
type Inner = z.core.JSONSchema._JSONSchema | Inner[] | undefined;

/**
 * Marks every field of a described body that is not honoured with
 * `x-treatment`, and says that further fields are accepted, as they are.
 */
export function markFields(body: Described, table: FieldTable, place = ''): void {
  if (body.additionalProperties === false) delete body.additionalProperties;
  for (const member of [...schemasIn(body.anyOf), ...schemasIn(body.oneOf)]) {
    markFields(member, table, place);
  }
  for (const element of schemasIn(body.items)) markFields(element, table, `${place}[]`);
  for (const [name, property] of Object.entries(body.properties ?? {})) {
    const pattern = place === '' ? name : `${place}.${name}`;
    for (const described of schemasIn(property)) {
      const rule = table[pattern];
      if (rule && rule.treatment !== 'honoured') described['x-treatment'] = rule.treatment;
      markFields(described, table, pattern);
    }
  }
}

function schemasIn(inner: Inner): Described[] {
  if (Array.isArray(inner)) return inner.flatMap(schemasIn);
  return typeof inner === 'object' ? [inner] : [];
}
