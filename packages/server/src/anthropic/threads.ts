import { HttpError } from '../http/http-error.js';

/**
 * Conversations kept by the server are not to be had. The clients' tool
 * runners ask for one first, know this error by its code, and go on without.
 */
export function refuseThread(body: unknown): void {
  if (typeof body !== 'object' || body === null || !('thread' in body)) return;
  if (body.thread === null || body.thread === undefined) return;
  throw new HttpError(
    "This server keeps no threads: send the whole conversation in 'messages', without 'thread'.",
    {
      status: 400,
      code: 'thread_unsupported_request',
      param: 'thread',
      details: { unsupported: ['thread'] },
    },
  );
}
