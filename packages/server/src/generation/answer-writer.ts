import type { HttpError } from '../http/http-error.js';
import type { AnswerChunk } from './chunks.js';

/** How an API writes the answers to one request. */
export interface AnswerWriter {
  /** The body of a response that is not streamed. */
  body(chunks: AsyncIterable<AnswerChunk>): Promise<object>;
  /** The text of a stream, event by event, up to the one that says all went well. */
  events(chunks: AsyncIterable<AnswerChunk>): AsyncIterable<string>;
  /** The event that ends a stream which failed. */
  errorEvent(error: HttpError): string;
  /** What a stream is sent as; server-sent events where absent. */
  readonly contentType?: string;
  /** Sent while there is nothing to say; a comment where the API has no word for it. */
  readonly keepAliveText: string;
}
