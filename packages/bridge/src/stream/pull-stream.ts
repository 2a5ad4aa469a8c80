import { LifeCycle } from './life-cycle.js';

/** What fills a `PullStream`. */
export interface PullSource<T> {
  /** The next item if there is one now. */
  take(): T | undefined;
  /** The consumer left, or the stream is over; called once. */
  close(): void;
}

interface Waiter<T> {
  resolve: (result: IteratorResult<T, void>) => void;
  reject: (thrown: unknown) => void;
}

const DONE: IteratorReturnResult<void> = { value: undefined, done: true };

/**
 * An async generator over a source that is asked for the latest state only when
 * the consumer comes for it, so a slow consumer may find everything that piled
 * up in one item. Written out by hand because it runs for every token: what is
 * there costs one resolved promise.
 */
export class PullStream<T> implements AsyncGenerator<T, void, void> {
  readonly #open: (stream: PullStream<T>) => PullSource<T>;
  readonly #life = new LifeCycle();
  readonly #waiters: Waiter<T>[] = [];
  #source: PullSource<T> | undefined;
  #failure: { thrown: unknown } | undefined;

  /** @param open called by the first `next()`; what it throws ends the stream */
  constructor(open: (stream: PullStream<T>) => PullSource<T>) {
    this.#open = open;
  }

  /** The consumer waits for the next item. */
  get awaited(): boolean {
    return this.#waiters.length > 0;
  }

  /** From the source: there may be something to take. */
  wake(): void {
    while (this.#waiters.length > 0) {
      const item = this.#source?.take();
      if (item === undefined) return;
      this.#waiters.shift()?.resolve({ value: item, done: false });
    }
  }

  /** From the source: nothing is added any more; what is there can still be taken. */
  end(): void {
    if (!this.#life.on('end')) return;
    this.wake();
    if (this.#waiters.length > 0) this.#finish();
  }

  /** From the source: the same, and the consumer gets `thrown` behind what is there. */
  endWith(thrown: unknown): void {
    if (!this.#life.on('end')) return;
    this.wake();
    if (this.#waiters.length > 0) this.fail(thrown);
    else this.#failure = { thrown };
  }

  /** From the source: over at once; what was not taken is dropped, the consumer gets `thrown` next. */
  fail(thrown: unknown): void {
    if (this.#life.state === 'over') return;
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.#failure = { thrown };
    else waiter.reject(thrown);
    this.#finish();
  }

  next(): Promise<IteratorResult<T, void>> {
    if (this.#life.state === 'new') this.#start();
    if (this.#life.state === 'over') return this.#afterEnd();
    if (this.#waiters.length === 0) {
      const item = this.#source?.take();
      if (item !== undefined) return Promise.resolve({ value: item, done: false });
    }
    if (this.#life.state === 'ending') {
      this.#finish();
      return this.#afterEnd();
    }
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
    });
  }

  return(): Promise<IteratorResult<T, void>> {
    this.#leave();
    return Promise.resolve(DONE);
  }

  throw(thrown: unknown): Promise<IteratorResult<T, void>> {
    this.#leave();
    return Promise.reject(thrown);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #start(): void {
    this.#life.on('open');
    try {
      this.#source = this.#open(this);
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  #leave(): void {
    this.#failure = undefined;
    this.#finish();
  }

  #finish(): void {
    if (!this.#life.on('close')) return;
    this.#source?.close();
    for (const waiter of this.#waiters.splice(0)) waiter.resolve(DONE);
  }

  #afterEnd(): Promise<IteratorResult<T, void>> {
    const failure = this.#failure;
    this.#failure = undefined;
    return failure === undefined ? Promise.resolve(DONE) : Promise.reject(failure.thrown);
  }
}
