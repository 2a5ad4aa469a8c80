import type * as z from 'zod';
import { flattenIssues } from '../errors/union-branch.js';
import { issueMessage } from '../errors/issue-message.js';
import { GeneratorParamsWithStructuredSchema } from '../generation/params.js';
import { LoadModelOptionsSchema } from '../models/load-options.js';
import { TokenizeRequestSchema } from '../tokenizer/tokenize.js';

export interface ValidationResult {
  valid: boolean;
  /** One `field: message` per fault; empty when valid. */
  errors: string[];
}

/** @deprecated Use `LoadModelOptionsSchema.safeParse`. */
export function validateLoadModelOptions(options: unknown): ValidationResult {
  return validate(LoadModelOptionsSchema, options);
}

/** @deprecated Use `GeneratorParamsWithStructuredSchema.safeParse`. */
export function validateGeneratorParams(params: unknown): ValidationResult {
  return validate(GeneratorParamsWithStructuredSchema, params);
}

/** @deprecated Use `TokenizeRequestSchema.safeParse`. */
export function validateTokenizeRequest(request: unknown): ValidationResult {
  return validate(TokenizeRequestSchema, request);
}

function validate(schema: z.ZodType, input: unknown): ValidationResult {
  const result = schema.safeParse(input);
  if (result.success) return { valid: true, errors: [] };
  const issues = flattenIssues(result.error.issues);
  return {
    valid: false,
    errors: issues.map((issue) => `${issue.path.join('.') || 'root'}: ${issueMessage(issue)}`),
  };
}
