import type { HttpError } from '../http/http-error.js';
import { sseEvent } from '../sse/event.js';

/** What Open Responses asks every stream to end with. */
export const DONE = 'data: [DONE]\n\n';

/** Why a response is not finished; some clients look for the fields at the top, others inside. */
export function errorFields({ code = 'server_error', message, param, type }: HttpError) {
  const error = { type, code, message, param: param ?? null };
  return { ...error, type: 'error' as const, error };
}

/** The error of a stream that tells a response which goes on without it. */
export function errorEvent(error: HttpError): string {
  const { type, ...rest } = errorFields(error);
  return sseEvent({ type, ...rest }, type);
}
