import type { Telemetry } from '@mlx/telemetry';
import { fieldTables } from '../field-tables.js';
import type { IgnoredFields } from '../middleware/ignored-fields.js';

/** Counts by name what we know; clients can invent names without end, and those share one. */
export function countIgnored(
  telemetry: Pick<Telemetry, 'ignoredField'>,
  { endpoint, fields }: IgnoredFields,
): void {
  const table = fieldTables[endpoint];
  if (table === undefined) return;
  for (const field of fields) {
    telemetry.ignoredField({ endpoint, field: Object.hasOwn(table, field) ? field : 'unknown' });
  }
}
