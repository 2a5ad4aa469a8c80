import type { ClientConnection } from '../environment.js';
import type { StartBody } from './body-sink.js';
import { webBody } from './web-body.js';

/** Silence after which a stream says that it is still there. */
export const KEEP_ALIVE_MS = 15_000;

const EVENT_STREAM = 'text/event-stream; charset=utf-8';

/** A response whose body is written while it is read. */
export function streamedResponse(
  { writeBody, disconnect }: ClientConnection,
  start: StartBody,
  contentType = EVENT_STREAM,
): Response {
  const headers = {
    'content-type': contentType,
    'cache-control': 'no-cache, no-transform',
    // Asks proxies of the nginx kind not to collect the stream first.
    'x-accel-buffering': 'no',
  };
  if (writeBody) {
    writeBody(start);
    return new Response(null, { headers });
  }
  const chunked = { ...headers, 'transfer-encoding': 'chunked' };
  return new Response(webBody(start, disconnect), { headers: chunked });
}
