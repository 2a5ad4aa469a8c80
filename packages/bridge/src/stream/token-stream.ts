import type { WireTokenRow } from '@mlx/schemas/wire';
import { RowQueue } from './row-queue.js';

/** What a stream asks of the connection it belongs to. */
export interface TokenStreamOwner {
  /** First `next()`: send the request. Throws when it cannot be sent. */
  open(): void;
  /** A row was handed to the consumer. */
  consumed(row: WireTokenRow): void;
  /** The consumer left before the end. */
  abandoned(): void;
}

type Result = IteratorResult<WireTokenRow, void>;
interface Waiter {
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

const DONE: Result = { value: undefined, done: true };

/**
 * One generation as an async generator, written out by hand because rows come
 * by the ten thousand: a queued row costs one resolved promise. Nothing is sent
 * before the first `next()`. Ends after the row that carries `finish`, or
 * throws exactly one error.
 */
export class TokenStream implements AsyncGenerator<WireTokenRow, void, void> {
  readonly #owner: TokenStreamOwner;
  readonly #rows = new RowQueue();
  readonly #waiters: Waiter[] = [];
  #state: 'new' | 'open' | 'ended' = 'new';
  #error: { thrown: unknown } | undefined;

  constructor(owner: TokenStreamOwner) {
    this.#owner = owner;
  }

  get queuedRows(): number {
    return this.#rows.size;
  }

  get ended(): boolean {
    return this.#state === 'ended';
  }

  /** From the connection: what a step produced. */
  push(row: WireTokenRow): void {
    if (this.#state === 'ended') return;
    if (row.finish !== undefined) this.#state = 'ended';
    const waiter = this.#waiters.shift();
    if (waiter === undefined) {
      this.#rows.push(row);
    } else {
      waiter.resolve({ value: row, done: false });
      this.#owner.consumed(row);
    }
    if (row.finish !== undefined) this.#settleWaiters();
  }

  /** From the connection: no more will come. Rows not yet taken are dropped; the error comes next. */
  fail(error: unknown): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#rows.clear();
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.#error = { thrown: error };
    else waiter.reject(error);
    this.#settleWaiters();
  }

  /** From the connection: the consumer's own abort, which an end not yet taken does not outlive. */
  interrupt(error: unknown): void {
    if (this.#state === 'ended' && this.#rows.size === 0) return;
    this.#state = 'open';
    this.fail(error);
  }

  next(): Promise<Result> {
    const row = this.#rows.shift();
    if (row !== undefined) {
      this.#owner.consumed(row);
      return Promise.resolve({ value: row, done: false });
    }
    if (this.#state === 'new') this.#open();
    if (this.#state === 'ended') return this.#atEnd();
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
    });
  }

  return(): Promise<Result> {
    this.#abandon();
    return Promise.resolve(DONE);
  }

  throw(error: unknown): Promise<Result> {
    this.#abandon();
    return Promise.reject(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #open(): void {
    this.#state = 'open';
    try {
      this.#owner.open();
    } catch (error) {
      this.fail(error);
    }
  }

  #atEnd(): Promise<Result> {
    const error = this.#error;
    this.#error = undefined;
    return error === undefined ? Promise.resolve(DONE) : Promise.reject(error.thrown);
  }

  #abandon(): void {
    const early = this.#state === 'open' || this.#rows.size > 0;
    this.#state = 'ended';
    this.#error = undefined;
    this.#rows.clear();
    this.#settleWaiters();
    if (early) this.#owner.abandoned();
  }

  #settleWaiters(): void {
    for (const waiter of this.#waiters.splice(0)) waiter.resolve(DONE);
  }
}
