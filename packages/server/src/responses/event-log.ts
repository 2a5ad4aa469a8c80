import { HttpError } from '../http/http-error.js';

/** Most bytes of one response's events. */
const MAX_BYTES = 16 * 1024 * 1024;

/** The events of one response in the order of their numbers, to be read while they come and later. */
export class EventLog {
  readonly #maxBytes: number;
  readonly #events: string[] = [];
  /** The number of the first that is still there. */
  #first = 0;
  #bytes = 0;
  #over = false;
  #changed: PromiseWithResolvers<void> | undefined;

  constructor(maxBytes = MAX_BYTES) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(event: string): void {
    this.#events.push(event);
    this.#bytes += event.length;
    while (this.#bytes > this.#maxBytes && this.#events.length > 1) this.#forgetFirst();
    this.#tell();
  }

  /** Nothing is added any more. */
  end(): void {
    this.#over = true;
    this.#tell();
  }

  /** @throws HttpError 400 where an event that would come next is forgotten */
  requireAfter(number: number): void {
    if (number + 1 >= this.#first) return;
    throw new HttpError(
      `The events up to ${this.#first - 1} are forgotten: retrieve the response without 'stream'.`,
      { status: 400, code: 'events_forgotten', param: 'starting_after' },
    );
  }

  /** All events behind one, as many at a time as there are; ends with the response. */
  async *after(number: number): AsyncGenerator<string> {
    let next = number + 1;
    for (;;) {
      this.requireAfter(next - 1);
      const ready = this.#events.slice(next - this.#first);
      next += ready.length;
      if (ready.length > 0) yield ready.join('');
      else if (this.#over) return;
      else await (this.#changed ??= Promise.withResolvers<void>()).promise;
    }
  }

  #forgetFirst(): void {
    this.#bytes -= this.#events.shift()?.length ?? 0;
    this.#first += 1;
  }

  #tell(): void {
    this.#changed?.resolve();
    this.#changed = undefined;
  }
}
