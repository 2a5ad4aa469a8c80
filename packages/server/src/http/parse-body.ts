import { zodErrorToEngineError, type ValidationErrorDetails } from '@mlx/schemas';
import type { z } from 'zod';
import { allowedValues } from './allowed-values.js';
import { HttpError } from './http-error.js';

/** The validated body; the error names the first field at fault. */
export function parseBody<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw unknownKey(parsed.error) ?? invalidParameter(parsed.error, body);
}

function unknownKey(error: z.ZodError): HttpError | undefined {
  const [issue] = error.issues;
  if (issue?.code !== 'unrecognized_keys') return undefined;
  return unknownParameter([...issue.path, issue.keys[0] ?? ''].join('.'));
}

function invalidParameter(error: z.ZodError, body: unknown): HttpError {
  const { details } = zodErrorToEngineError(error);
  const issue = isValidationDetails(details) ? details.issues[0] : undefined;
  const param = issue?.path.join('.') ?? '';
  const message = allowedValues(error, body) ?? issue?.message ?? 'Invalid input';
  if (param === '') return badRequest(`Invalid request body: ${message}.`, 'invalid_body');
  return badRequest(`Invalid '${param}': ${message}.`, 'invalid_parameter', param);
}

function isValidationDetails(details: unknown): details is ValidationErrorDetails {
  return typeof details === 'object' && details !== null && 'issues' in details;
}

export function badRequest(message: string, code: string, param?: string): HttpError {
  return new HttpError(message, { status: 400, code, param });
}

export function unknownParameter(param: string): HttpError {
  return badRequest(`Unknown parameter: '${param}'.`, 'unknown_parameter', param);
}

/** For what OpenAI's API has and this server does not: refused, never ignored. */
export function unsupported(param: string, advice = ''): HttpError {
  const message = `The parameter '${param}' is not supported by this server.${advice && ` ${advice}`}`;
  return badRequest(message, 'unsupported_parameter', param);
}
