import type { HttpError } from '../http/http-error.js';
import type { AnswerChunk } from './chunks.js';

/** How an API writes the answers to one request. */
export interface AnswerWriter {
  /** The body of a response that is not streamed. */
  body(chunks: AsyncIterable<AnswerChunk>): Promise<object>;
  /** Begins the body of one that is. */
  stream(): StreamWriter;
  /** The event that ends a stream which failed. */
  errorEvent(error: HttpError): string;
  /** What a stream is sent as; server-sent events where absent. */
  readonly contentType?: string;
  /** Sent while there is nothing to say; a comment where the API has no word for it. */
  readonly keepAliveText: string;
}

/** The text of one stream, whole events at a time; empty where there is nothing to say. */
export interface StreamWriter {
  /** What comes before anything of the model is there. */
  opening(): string | Promise<string>;
  add(chunk: AnswerChunk): string;
  /** What says that all went well. */
  ending(): string;
}
