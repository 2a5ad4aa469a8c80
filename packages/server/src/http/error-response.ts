import type { HttpError } from './http-error.js';

/** OpenAI's error object; the same shape in a body and in a stream. */
export interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
}

export function errorBody(error: HttpError): ErrorBody {
  return {
    error: {
      message: error.message,
      type: error.type,
      param: error.param ?? null,
      code: error.code ?? null,
    },
  };
}

/** Writes an error the way one API does. */
export type ErrorShape = (error: HttpError) => object;

export function errorResponse(error: HttpError, shape: ErrorShape = errorBody): Response {
  const headers = new Headers(error.headers);
  headers.set('content-type', 'application/json; charset=utf-8');
  headers.set('cache-control', 'no-store');
  if (error.retryAfterSeconds !== undefined) {
    headers.set('retry-after', String(Math.max(1, Math.ceil(error.retryAfterSeconds))));
  }
  return new Response(JSON.stringify(shape(error)), { status: error.status, headers });
}
