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

/** Anthropic's error object. It has no place for the field at fault, which the message names. */
export const anthropicErrors: ErrorShape = {
  body: ({ status, message }: HttpError): AnthropicError => {
    const fallback = status >= 500 ? 'api_error' : 'invalid_request_error';
    return { type: 'error', error: { type: typeOfStatus[status] ?? fallback, message } };
  },
  clientField: anthropicParameter,
};
