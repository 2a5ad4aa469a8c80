import type { EngineClientError } from '@mlx/schemas';
import type { WireParams, WireTokenRow } from '@mlx/schemas/wire';
import type { Call } from '../connection/call.js';
import type { GenerateOptions } from '../connection/connection-options.js';
import { cancelledError } from '../errors/cancelled.js';
import { protocolViolation, slowConsumer } from '../errors/transport.js';
import { CreditWindow } from './credit-window.js';
import { SlowConsumerWatch } from './slow-consumer-watch.js';
import type { StreamHost } from './stream-host.js';
import { TokenStream } from './token-stream.js';
import type { TokenStreamOwner } from './token-stream.js';

/** Rows a stream may hold before the sidecar is taken to ignore its credit, in windows. */
const OVERRUN_WINDOWS = 4;

/** One generation on the wire: joins a consumer's `TokenStream` to the frames of its stream id. */
export class LiveStream implements TokenStreamOwner {
  readonly stream = new TokenStream(this);
  readonly #params: WireParams<'generate'>;
  readonly #options: GenerateOptions;
  readonly #host: StreamHost;
  readonly #credit: CreditWindow;
  readonly #watch: SlowConsumerWatch;
  #call: Call | undefined;
  /** `left`: nobody listens any more, the sidecar has yet to confirm; `over`: its end has come. */
  #phase: 'running' | 'left' | 'over' = 'running';

  constructor(params: WireParams<'generate'>, options: GenerateOptions, host: StreamHost) {
    this.#params = params;
    this.#options = options;
    this.#host = host;
    this.#credit = new CreditWindow(host.creditWindow);
    this.#watch = new SlowConsumerWatch(
      host.clock,
      host.slowConsumerLimits,
      (pausedMs) => host.reportSlowConsumer(this.id, pausedMs),
      (idleMs) => this.#drop(idleMs),
    );
  }

  get id(): string {
    return this.#params.streamId;
  }

  open(): void {
    const { signal, timeoutMs } = this.#options;
    if (signal?.aborted === true) throw cancelledError(signal.reason);
    this.#call = this.#host.start(
      this,
      { ...this.#params, credit: this.#credit.size },
      { timeoutMs },
      {
        resolve: () => {},
        reject: (error) => this.#refused(error),
        expire: (error) => this.#abort(error),
      },
    );
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** The sidecar's rows for this stream, in order. */
  receive(row: WireTokenRow): void {
    if (row.finish !== undefined) this.#over();
    if (this.#phase === 'left') {
      this.#host.countLateRow();
      return;
    }
    this.#credit.receive(row.tokens.length);
    this.stream.push(row);
    if (this.#phase !== 'running' || this.stream.queuedRows === 0) return;
    if (this.stream.queuedRows > this.#credit.size * OVERRUN_WINDOWS) {
      this.#abort(protocolViolation(`The sidecar ignores the credit of stream '${this.id}'`));
    } else if (this.#credit.exhausted) {
      this.#watch.paused();
    }
  }

  /** The sidecar sent a row for this stream that cannot be read, so its text has a hole. */
  receiveMalformed(): void {
    if (this.#phase !== 'left') {
      this.#abort(protocolViolation(`Malformed token row for stream '${this.id}'`));
    }
  }

  consumed(row: WireTokenRow): void {
    if (row.finish !== undefined) this.#detach();
    if (this.#phase !== 'running') return;
    const credit = this.#credit.consume(row.tokens.length);
    if (credit > 0) this.#host.sendCredit(this.id, credit);
    if (this.#credit.exhausted) this.#watch.consumed();
    else this.#watch.resumed();
  }

  abandoned(): void {
    this.#detach();
    if (this.#phase === 'running') this.#leave();
  }

  /** The connection is gone. */
  fail(error: EngineClientError): void {
    this.#phase = 'over';
    this.#detach();
    this.stream.fail(error);
  }

  #refused(error: EngineClientError): void {
    this.#host.remove(this);
    this.fail(error);
  }

  #drop(idleMs: number): void {
    this.#host.countSlowConsumer();
    this.#abort(slowConsumer(this.id, idleMs));
  }

  readonly #onAbort = (): void => this.#abort(cancelledError(this.#options.signal?.reason));

  #abort(error: EngineClientError): void {
    this.#detach();
    if (this.#phase === 'running') this.#leave();
    this.stream.interrupt(error);
  }

  #leave(): void {
    this.#phase = 'left';
    if (this.#call?.written === true) {
      this.#host.sendCancel(this.id);
      return;
    }
    this.#host.remove(this);
    this.#call?.withdraw();
  }

  #over(): void {
    this.#host.remove(this);
    this.#watch.resumed();
    if (this.#phase === 'running') this.#phase = 'over';
  }

  #detach(): void {
    this.#watch.resumed();
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
  }
}
