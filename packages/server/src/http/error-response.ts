import type { ClientField } from './client-field.js';
import type { HttpError } from './http-error.js';

/** How one API writes errors. */
export interface ErrorShape {
  /** The same in a response and in a stream. */
  body(error: HttpError, requestId?: string): object;
  readonly clientField: ClientField;
}

export function errorResponse(error: HttpError, shape: ErrorShape, requestId?: string): Response {
  const headers = new Headers(error.headers);
  headers.set('content-type', 'application/json; charset=utf-8');
  headers.set('cache-control', 'no-store');
  if (error.retryAfterSeconds !== undefined) {
    headers.set('retry-after', String(Math.max(1, Math.ceil(error.retryAfterSeconds))));
  }
  return new Response(JSON.stringify(shape.body(error, requestId)), {
    status: error.status,
    headers,
  });
}
