import { expect } from 'vitest';
import type * as z from 'zod';
import {
  zodErrorToEngineError,
  type EngineClientError,
  type ValidationErrorDetails,
  type ValidationIssue,
} from '../../src/index.js';

export interface Rejection {
  error: EngineClientError;
  message: string;
  details: ValidationErrorDetails;
  first: ValidationIssue;
}

/** The engine error that an invalid input is turned into; fails the test for a valid one. */
export function rejectionOf(schema: z.ZodType, input: unknown): Rejection {
  const result = schema.safeParse(input);
  expect(result.success, 'the input is invalid').toBe(false);
  if (result.success) throw new Error('unreachable');
  const error = zodErrorToEngineError(result.error);
  const details = error.details as ValidationErrorDetails;
  const [first] = details.issues;
  if (!first) throw new Error('an error without issues');
  return { error, message: error.message, details, first };
}
