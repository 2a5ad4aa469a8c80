import type * as z from 'zod';
import { EngineClientError } from './engine-client-error.js';
import { issueCode, type IssueCode } from './issue-code.js';
import { issueMessage } from './issue-message.js';
import { flattenIssues } from './union-branch.js';

/** Keys come from the caller and may be megabytes long. */
const MAX_FIELD_LENGTH = 256;

export interface ValidationIssue {
  path: (string | number)[];
  message: string;
  code: IssueCode;
}

export interface ValidationErrorDetails {
  /** Dotted path of the field at fault; `root` for the value itself. */
  field: string;
  issues: ValidationIssue[];
}

/** Turns a zod error into the error that every engine method rejects with. */
export function zodErrorToEngineError(error: z.core.$ZodError): EngineClientError {
  const flat = flattenIssues(error.issues);
  const issues = flat.map(toValidationIssue);
  const field = flat[0] ? fieldOf(flat[0]) : 'root';
  const details: ValidationErrorDetails = { field, issues };
  const message = `Validation error on field '${field}': ${issues[0]?.message ?? 'Invalid input'}`;
  return new EngineClientError('InvalidParams', message, { cause: error, details });
}

/**
 * Parses the input or throws an EngineClientError with code InvalidParams;
 * also where merely reading the input throws, as a hostile getter does.
 */
export function parseOrThrow<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): z.output<Schema> {
  let result: z.ZodSafeParseResult<z.output<Schema>>;
  try {
    result = schema.safeParse(input);
  } catch (cause) {
    throw new EngineClientError('InvalidParams', 'The input cannot be read', { cause });
  }
  if (result.success) return result.data;
  throw zodErrorToEngineError(result.error);
}

/** An unknown key is the field at fault, though zod reports it on the object around it. */
function fieldOf(issue: z.core.$ZodIssue): string {
  const unknownKeys = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  return [...issue.path, ...unknownKeys].map(String).join('.').slice(0, MAX_FIELD_LENGTH) || 'root';
}

function toValidationIssue(issue: z.core.$ZodIssue): ValidationIssue {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
  return { path, message: issueMessage(issue), code: issueCode(issue) };
}
