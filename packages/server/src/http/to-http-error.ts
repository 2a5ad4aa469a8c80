import { EngineClientError, isEngineClientError, type ErrorChunk } from '@mlx/schemas';
import { HttpError } from './http-error.js';
import { openAIParameter } from '../openai/parameter-names.js';

/** Overload passes as rows finish, which takes seconds rather than minutes. */
const OVERLOAD_RETRY_SECONDS = 2;

/** What a client is told about any error; unknown ones reveal nothing of the inside. */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (isEngineClientError(error)) return fromEngineError(error);
  return new HttpError('The server failed to handle this request. Its log says why.', {
    status: 500,
    code: 'internal_error',
    cause: error,
  });
}

export function fromErrorChunk({ error }: ErrorChunk): EngineClientError {
  const { code, message, details } = error;
  return new EngineClientError(code, message, {
    details,
    ...(error.retryable === undefined ? {} : { retryable: error.retryable }),
  });
}

function fromEngineError(error: EngineClientError): HttpError {
  const { httpStatus, message, details, retryable } = error;
  const { type, param, field, retryAfter } = readDetails(details);
  const named = param ?? field;
  // A crash that would come again is no shortage that passes.
  const status = httpStatus === 503 && !retryable ? 500 : httpStatus;
  return new HttpError(message, {
    status,
    code: type ?? snakeCase(error.code),
    ...(status === 400 && named !== undefined ? { param: openAIParameter(named) } : {}),
    ...(status === 429 || status === 503
      ? { retryAfterSeconds: retryAfter ?? OVERLOAD_RETRY_SECONDS }
      : {}),
    // OpenAI's clients repeat every 5xx unless they are told not to.
    ...(status >= 500 && !retryable ? { headers: { 'x-should-retry': 'false' } } : {}),
    cause: error,
  });
}

interface Details {
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
