import type * as z from 'zod';
import { EngineClientError } from './engine-client-error.js';
import { issueCode, type IssueCode } from './issue-code.js';
import { issueMessage } from './issue-message.js';
import { flattenUnions } from './union-branch.js';

export interface ValidationIssue {
  path: (string | number)[];
  message: string;
  code: IssueCode;
}

export interface ValidationErrorDetails {
  /** Dotted path of the first issue; `root` for the value itself. */
  field: string;
  issues: ValidationIssue[];
}

/** Turns a zod error into the error every engine method rejects with. */
export function zodErrorToEngineError(error: z.core.$ZodError): EngineClientError {
  const issues = error.issues.flatMap(flattenUnions).map(toValidationIssue);
  const [first] = issues;
  const field = first && first.path.length > 0 ? first.path.join('.') : 'root';
  const details: ValidationErrorDetails = { field, issues };
  const message = `Validation error on field '${field}': ${first?.message ?? 'Invalid input'}`;
  return new EngineClientError('InvalidParams', message, { cause: error, details });
}

function toValidationIssue(issue: z.core.$ZodIssue): ValidationIssue {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
  return { path, message: issueMessage(issue), code: issueCode(issue) };
}
