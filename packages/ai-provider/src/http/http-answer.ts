import { APICallError } from '@ai-sdk/provider';
import type { TransportChunk } from '../transport/transport.js';
import { ChatEvents, type ChatEvent } from './chat-events.js';
import { streamError } from './errors.js';
import { EventReader } from './read-events.js';

const DONE = '[DONE]';

interface HttpAnswerOptions {
  readonly url: string;
  readonly body: unknown;
  readonly stream: ReadableStream<Uint8Array>;
  readonly includeRaw: boolean;
  /** `performance.now()` of the request. */
  readonly startedAt: number;
  /** The caller's, which explains a stream that breaks off. */
  readonly signal: AbortSignal | undefined;
}

/** Reads the events of a streamed completion. */
export class HttpAnswer {
  readonly #options: HttpAnswerOptions;
  readonly #reader: EventReader;
  readonly #events: ChatEvents;
  readonly #chunks: TransportChunk[] = [];
  #over = false;

  constructor(options: HttpAnswerOptions) {
    this.#options = options;
    this.#reader = new EventReader(options.stream);
    this.#events = new ChatEvents(options.startedAt);
  }

  async next(): Promise<TransportChunk | undefined> {
    while (!this.#over && this.#chunks.length === 0) this.#add(await this.#read());
    return this.#chunks.shift();
  }

  #add(data: string | undefined): void {
    if (data === undefined || data === DONE) {
      this.#over = true;
      this.#chunks.push(this.#events.end(data === DONE));
      return;
    }
    const event = this.#parse(data);
    if (this.#options.includeRaw) this.#chunks.push({ type: 'raw', value: event });
    this.#chunks.push(...this.#events.read(event));
  }

  async #read(): Promise<string | undefined> {
    try {
      return await this.#reader.next();
    } catch (cause) {
      this.#options.signal?.throwIfAborted();
      throw this.#broken('The connection broke while the answer was written.', cause);
    }
  }

  #parse(data: string): ChatEvent {
    let event: ChatEvent & { error?: unknown };
    try {
      event = JSON.parse(data);
    } catch (cause) {
      throw this.#broken('The server sent an event that is not JSON.', cause);
    }
    if (event.error === undefined || event.error === null) return event;
    const { url, body } = this.#options;
    throw streamError({ error: event.error }, url, body);
  }

  #broken(message: string, cause: unknown): APICallError {
    const { url, body: requestBodyValues } = this.#options;
    return new APICallError({ message, url, requestBodyValues, isRetryable: true, cause });
  }
}
