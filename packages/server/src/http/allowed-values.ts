import { flattenIssues } from '@mlx/schemas';
import type { z } from 'zod';

const MAX_VALUE_LENGTH = 64;

/** Of a field whose value is none of those that it may have, or is missing: which they are, and what was sent. */
export function allowedValues(error: z.ZodError, body: unknown): string | undefined {
  const [issue] = flattenIssues(error.issues);
  const allowed = issue && valuesOf(issue);
  if (!issue || !allowed) return undefined;
  const sent = issue.path.reduce<unknown>(
    (value, key) => (value === null || value === undefined ? undefined : Object(value)[key]),
    body,
  );
  const choice = `one of ${allowed.map((value) => `'${String(value)}'`).join(', ')}`;
  if (sent === undefined) return `Required: ${choice}`;
  return `Must be ${choice}; received ${JSON.stringify(sent).slice(0, MAX_VALUE_LENGTH)}`;
}

function valuesOf(issue: z.core.$ZodIssue): readonly unknown[] | undefined {
  if (issue.code === 'invalid_value') return issue.values;
  // Zod's types leave out what it says of a discriminator.
  const options: unknown = Reflect.get(issue, 'options');
  return Array.isArray(options) ? options : undefined;
}
