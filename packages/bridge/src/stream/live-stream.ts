import { cancelledError, slowConsumerError, type EngineClientError } from '@mlx/schemas';
import type { WireParams, WireTokenRow } from '@mlx/schemas/wire';
import { protocolViolation } from '../errors/transport.js';
import { ConsumerWatch, type Watched } from './consumer-watch.js';
import { CreditWindow } from './credit-window.js';
import { LifeCycle } from './life-cycle.js';
import { PullStream, type PullSource } from './pull-stream.js';
import { RowQueue } from './row-queue.js';
import type { StreamOptions, RowReceiver, StreamCall, StreamHost } from './stream-host.js';

/** Rows a stream may hold before the sidecar is taken to ignore its credit, in windows. */
const OVERRUN_WINDOWS = 4;

/**
 * One generation on the wire: keeps the rows of its stream id until the
 * consumer takes them. Nothing is sent before the first `next()`. The stream
 * ends after the row that carries `finish`, or throws exactly one error.
 */
export class LiveStream implements PullSource<WireTokenRow>, RowReceiver, Watched {
  readonly stream = new PullStream<WireTokenRow>(() => this.#opened());
  readonly #params: WireParams<'generate'>;
  readonly #options: StreamOptions;
  readonly #host: StreamHost;
  readonly #rows = new RowQueue();
  readonly #life = new LifeCycle();
  readonly #credit: CreditWindow;
  readonly #watch: ConsumerWatch;
  #takenAt = 0;
  #call: StreamCall | undefined;

  constructor(params: WireParams<'generate'>, options: StreamOptions, host: StreamHost) {
    this.#params = params;
    this.#options = options;
    this.#host = host;
    this.#credit = new CreditWindow(host.creditWindow);
    this.#watch = new ConsumerWatch(host.watchOptions, this);
  }

  get id(): string {
    return this.#params.streamId;
  }

  receive(row: WireTokenRow): void {
    const late = this.#life.state === 'left';
    if (row.finish !== undefined) this.#end();
    if (late) {
      this.#host.countLateRow();
      return;
    }
    this.#credit.receive(row.tokens.length);
    this.#rows.push(row);
    this.stream.wake();
    if (row.finish !== undefined) this.stream.end();
    if (this.#life.state !== 'open' || this.#rows.size === 0) return;
    if (this.#rows.size > this.#credit.size * OVERRUN_WINDOWS) {
      this.#abort(protocolViolation(`The sidecar ignores the credit of stream '${this.id}'`));
    } else if (this.#credit.exhausted && !this.#watch.running) {
      this.#takenAt = this.#now();
      this.#watch.start();
    }
  }

  receiveMalformed(): void {
    if (this.#life.state !== 'left') {
      this.#abort(protocolViolation(`Malformed token row for stream '${this.id}'`));
    }
  }

  take(): WireTokenRow | undefined {
    const row = this.#rows.shift();
    if (row === undefined) return undefined;
    if (row.finish !== undefined) this.#detach();
    else if (this.#life.state === 'open') this.#giveCredit(row.tokens.length);
    return row;
  }

  close(): void {
    this.#detach();
    this.#rows.clear();
    if (this.#life.state === 'open') this.#leave();
    this.#options.onClose?.();
  }

  fail(error: EngineClientError): void {
    this.#detach();
    // That the connection went takes away no row that is there: the token of one may have come
    // with others that were taken already.
    if (this.#life.state === 'ending') return;
    this.#life.on('close');
    this.stream.endWith(error);
  }

  get idleMs(): number {
    return this.#now() - this.#takenAt;
  }

  slow(pausedMs: number): void {
    this.#host.reportSlowConsumer(this.id, pausedMs);
  }

  drop(idleMs: number): void {
    this.#host.countSlowConsumer();
    this.#abort(slowConsumerError(this.id, idleMs));
  }

  #now(): number {
    return this.#host.watchOptions.clock.now();
  }

  #opened(): this {
    try {
      return this.#open();
    } catch (thrown) {
      this.#options.onClose?.();
      throw thrown;
    }
  }

  #open(): this {
    const { signal, timeoutMs } = this.#options;
    if (signal?.aborted === true) throw cancelledError(signal.reason);
    this.#life.on('open');
    const params = { ...this.#params, credit: this.#credit.size };
    this.#call = this.#host.start(this, params, timeoutMs, {
      refused: (error) => this.#refused(error),
      expired: (error) => this.#abort(error),
    });
    if (this.#life.state === 'open') {
      signal?.addEventListener('abort', this.#onAbort, { once: true });
    }
    return this;
  }

  #giveCredit(tokens: number): void {
    const credit = this.#credit.consume(tokens);
    if (credit > 0) this.#host.sendCredit(this.id, credit);
    if (!this.#watch.running) return;
    if (this.#credit.exhausted) {
      this.#takenAt = this.#now();
      this.#watch.tookSomething();
    } else {
      this.#watch.stop();
    }
  }

  #refused(error: EngineClientError): void {
    this.#host.remove(this);
    this.fail(error);
  }

  readonly #onAbort = (): void => this.#abort(cancelledError(this.#options.signal?.reason));

  #abort(error: EngineClientError): void {
    this.#detach();
    // The consumer has everything; it finds the end and no error.
    if (this.#life.state === 'ending' && this.#rows.size === 0) return;
    if (this.#life.state === 'open') this.#leave();
    this.stream.fail(error);
  }

  #leave(): void {
    this.#life.on('leave');
    if (this.#call?.written === true) {
      this.#host.sendCancel(this.id);
      return;
    }
    this.#host.remove(this);
    this.#call?.withdraw();
  }

  /** The sidecar sends no more rows. */
  #end(): void {
    this.#host.remove(this);
    this.#watch.stop();
    this.#life.on('end');
  }

  #detach(): void {
    this.#watch.stop();
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
  }
}
