import { isEngineClientError, type EngineClientError } from '@mlx/schemas';
import type { ClientField } from './client-field.js';
import { HttpError } from './http-error.js';

/** Overload passes as rows finish, which takes seconds rather than minutes. */
const OVERLOAD_RETRY_SECONDS = 2;

/** What a client is told about any error; unknown ones reveal nothing of the inside. */
export function toHttpError(error: unknown, clientField: ClientField): HttpError {
  if (error instanceof HttpError) return error;
  if (isEngineClientError(error)) return fromEngineError(error, clientField);
  return new HttpError('The server failed to handle this request. Its log says why.', {
    status: 500,
    code: 'internal_error',
    cause: error,
  });
}

function fromEngineError(error: EngineClientError, clientField: ClientField): HttpError {
  const { httpStatus, details, retryable } = error;
  const { type, param, field, retryAfter } = readDetails(details);
  const named = param ?? field;
  const parameter = named === undefined ? undefined : clientField(named);
  // A crash that would come again is no shortage that passes.
  const status = httpStatus === 503 && !retryable ? 500 : httpStatus;
  return new HttpError(messageOf(error, parameter), {
    status,
    code: type ?? (error.code === 'InvalidParams' ? 'invalid_parameter' : snakeCase(error.code)),
    ...(status === 400 ? { param: parameter } : {}),
    ...(status === 429 || status === 503
      ? { retryAfterSeconds: retryAfter ?? OVERLOAD_RETRY_SECONDS }
      : {}),
    // OpenAI's clients repeat every 5xx unless they are told not to.
    ...(status >= 500 && !retryable ? { headers: { 'x-should-retry': 'false' } } : {}),
    cause: error,
  });
}

/** Says which field is wrong in the words of the API that was asked. */
function messageOf({ message, details }: EngineClientError, parameter: string | undefined): string {
  if (parameter === undefined) return message;
  const fault = readDetails(details).issues?.[0]?.message ?? REFUSED.exec(message)?.[1];
  return fault === undefined ? message : `Invalid '${parameter}': ${fault.replace(/\.$/, '')}.`;
}

/** How the runtime refuses a field, under its own name of it. */
const REFUSED = /^Validation error on field '[^']*': ([^]*)$/;

interface Details {
  /** What the schemas, or the engine in their manner, found wrong. */
  readonly issues?: readonly { readonly message: string }[];
  /** The sidecar's reason, such as `context_length_exceeded`. */
  readonly type?: string;
  /** The parameter at fault as the sidecar names it. */
  readonly param?: string;
  /** Seconds after which the engine expects to have room. */
  readonly retryAfter?: number;
  /** The field at fault as the schemas name it. */
  readonly field?: string;
}

function readDetails(details: unknown): Details {
  return typeof details === 'object' && details !== null ? details : {};
}

function snakeCase(code: string): string {
  return code.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}
