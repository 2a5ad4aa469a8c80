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
  if (issue.code !== 'unrecognized_keys' || issue.path.length > 0) return undefined;
  return didYouMean(issue.keys[0] ?? '', schema);
}

function didYouMean(key: string, schema: z.core.$ZodType): string | undefined {
  if (!(schema instanceof z.ZodObject)) return undefined;
  const nearest = nearestName(Object.keys(schema.shape), key);
  return nearest && `; did you mean '${nearest}'?`;
}
