import { EngineClientError, flattenIssues } from '@mlx/schemas';
import * as z from 'zod';
import { nearestName } from './nearest-name.js';

/** The error, with what would have been right where that can be told. */
export function withHints(
  error: EngineClientError,
  { issues }: z.ZodError,
  schema: z.core.$ZodType,
): EngineClientError {
  const [issue] = flattenIssues(issues);
  const hint = issue && hintOf(issue, schema);
  if (hint === undefined) return error;
  const { code, message, cause, details } = error;
  return new EngineClientError(code, `${message}${hint}`, { cause, details: details ?? {} });
}

function hintOf(issue: z.core.$ZodIssue, schema: z.core.$ZodType): string | undefined {
  if (issue.code === 'invalid_value') {
    return `; it can be ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
  }
  if (issue.code !== 'unrecognized_keys') return undefined;
  return didYouMean(issue.keys[0] ?? '', schemaAt(schema, issue.path));
}

function didYouMean(key: string, schema: z.core.$ZodType | undefined): string | undefined {
  if (!(schema instanceof z.ZodObject)) return undefined;
  const nearest = nearestName(Object.keys(schema.shape), key);
  return nearest && `; did you mean '${nearest}'?`;
}

/** The schema of a key of a key, through objects; undefined where there are none. */
function schemaAt(
  schema: z.core.$ZodType,
  path: readonly PropertyKey[],
): z.core.$ZodType | undefined {
  return path.reduce<z.core.$ZodType | undefined>(
    (at, key) => (at instanceof z.ZodObject ? bare(at.shape[String(key)]) : undefined),
    bare(schema),
  );
}

/** Without what says that it may be absent. */
function bare(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  const isWrapped =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault;
  return isWrapped ? bare(schema.unwrap()) : schema;
}
