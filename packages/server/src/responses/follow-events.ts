import * as z from 'zod';
import { toHttpError } from '../http/to-http-error.js';
import { badRequest, parseBody } from '../http/parse-body.js';
import type { StartBody } from '../sse/body-sink.js';
import { BodyWriter } from '../sse/body-writer.js';
import { KEEP_ALIVE_MS } from '../sse/streamed-response.js';
import type { EventLog } from './event-log.js';
import { DONE, errorEvent } from './final-events.js';

/** Before the first event. */
export const FROM_THE_BEGINNING = -1;

/** A body of the events behind one, those that are still to come among them. */
export function followEvents(log: EventLog, after: number, stallTimeoutMs: number): StartBody {
  return (open) => {
    const body = new BodyWriter(open, {
      // Whoever stops reading ends what it reads, and not the response.
      abort: new AbortController(),
      stallTimeoutMs,
      keepAliveMs: KEEP_ALIVE_MS,
      keepAliveText: () => ': keep-alive\n\n',
    });
    void writeEvents(log.after(after), body);
  };
}

async function writeEvents(events: AsyncGenerator<string>, body: BodyWriter): Promise<void> {
  try {
    for await (const text of events) {
      body.write(text);
      if (body.full) await body.room();
      if (body.over) return;
    }
  } catch (error) {
    body.write(errorEvent(toHttpError(error, (field) => field)));
  }
  body.write(DONE);
  body.end();
}

/** The query of a response that is retrieved. */
export const RetrieveQuerySchema = z.object({
  stream: z.enum(['true', 'false']).optional(),
  starting_after: z.coerce.number().int().min(0).optional(),
});

/**
 * The number of the event behind which a stored response is to be streamed;
 * undefined: it is wanted whole.
 *
 * @throws HttpError 400 for a query that asks for neither
 */
export function streamedAfter(query: Record<string, string>): number | undefined {
  const { stream, starting_after: after } = parseBody(RetrieveQuerySchema, query);
  if (stream === 'true') return after ?? FROM_THE_BEGINNING;
  if (after === undefined) return undefined;
  throw badRequest("'starting_after' needs 'stream'.", 'invalid_parameter', 'starting_after');
}
