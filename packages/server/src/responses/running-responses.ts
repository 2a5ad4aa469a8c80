import type { OpenAIResponse } from '@mlx/schemas/responses';
import { HttpError } from '../http/http-error.js';
import type { EventLog } from './event-log.js';
import { CANCELLED, type ResponseWriter } from './response-writer.js';

interface Running {
  readonly abort: AbortController;
  readonly writer: ResponseWriter;
  /** Absent: its request did not ask for what could be streamed again. */
  readonly events: EventLog | undefined;
}

/** Responses to be stored that are still being written, so that they can be seen and cancelled. */
export class RunningResponses {
  readonly #running = new Map<string, Running>();

  begin(owner: string, id: string, running: Running): void {
    this.#running.set(keyOf(owner, id), running);
  }

  end(owner: string, id: string): void {
    this.#running.delete(keyOf(owner, id));
  }

  find(owner: string, id: string): OpenAIResponse | undefined {
    return this.#running.get(keyOf(owner, id))?.writer.current;
  }

  events(owner: string, id: string): EventLog | undefined {
    return this.#running.get(keyOf(owner, id))?.events;
  }

  /** The response as it was left; undefined when it is not being written. */
  cancel(owner: string, id: string): OpenAIResponse | undefined {
    const running = this.#running.get(keyOf(owner, id));
    const response = running?.writer.current;
    running?.abort.abort(
      new HttpError('The response was cancelled.', { status: 409, code: CANCELLED }),
    );
    return response && { ...response, status: 'cancelled' };
  }
}

function keyOf(owner: string, id: string): string {
  return `${owner} ${id}`;
}
