import type { AnthropicError } from '@mlx/schemas';
import type { ErrorShape } from '../http/error-response.js';
import type { HttpError } from '../http/http-error.js';
import { anthropicParameter } from './parameter-names.js';

const typeOfStatus: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
};

/** Anthropic's error object. */
export const anthropicErrors: ErrorShape = {
  body: (error, requestId): AnthropicError => ({
    type: 'error',
    error: { type: typeOf(error.status), message: error.message, details: detailsOf(error) },
    ...(requestId === undefined ? {} : { request_id: requestId }),
  }),
  clientField: anthropicParameter,
};

function typeOf(status: number): string {
  return typeOfStatus[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
}

/** Where programs look for what happened. */
function detailsOf({ code, param, details }: HttpError): Record<string, unknown> {
  return {
    ...(code === undefined ? {} : { error_code: code }),
    ...(param === undefined ? {} : { param }),
    ...details,
  };
}
