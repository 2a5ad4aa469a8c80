import { HIGH_WATER_BYTES, type BodySink, type OpenSink } from './body-sink.js';

export interface BodyOptions {
  /** Aborted when the client goes away or reads nothing for too long. */
  readonly abort: AbortController;
  /** How long a full buffer may stay full, in milliseconds. */
  readonly stallTimeoutMs: number;
  /** Sent when nothing else was for `keepAliveMs`, so that proxies keep the connection. */
  readonly keepAliveText: () => string;
  readonly keepAliveMs: number;
}

/**
 * Writes a body of events. The first that arrives in an event-loop turn is
 * written right away, so that the streams of one batch do not wait for one
 * another; what else arrives in that turn is written at its end, together.
 * While it is full nothing should be written, which is what makes the
 * stream's credit run out and its row pause.
 */
export class BodyWriter {
  readonly #options: BodyOptions;
  readonly #sink: BodySink;
  readonly #keepAlive: NodeJS.Timeout;
  #pending = '';
  #flush: NodeJS.Immediate | undefined;
  #wake: (() => void) | undefined;
  #over = false;

  constructor(open: OpenSink, options: BodyOptions) {
    this.#options = options;
    this.#keepAlive = setInterval(() => {
      this.write(options.keepAliveText());
    }, options.keepAliveMs);
    this.#sink = open({
      room: () => this.#wake?.(),
      gone: (reason) => {
        if (this.#over) return;
        options.abort.abort(reason);
        this.#stop();
      },
    });
  }

  /** Nothing is written any more. */
  get over(): boolean {
    return this.#over;
  }

  get full(): boolean {
    return this.#sink.full || this.#pending.length >= HIGH_WATER_BYTES;
  }

  write(text: string): void {
    if (text === '' || this.#over) return;
    this.#pending += text;
    if (this.#flush !== undefined) return;
    this.#send();
    this.#flush = setImmediate(this.#flushNow);
  }

  /** Resolves when there is room again, or nothing to wait for any more. */
  async room(): Promise<void> {
    this.#flushNow();
    if (this.#over || !this.full) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const stall = setTimeout(() => this.#stall(), this.#options.stallTimeoutMs);
    await promise;
    clearTimeout(stall);
    this.#wake = undefined;
  }

  end(): void {
    if (this.#over) return;
    this.#flushNow();
    this.#stop();
    this.#sink.end();
  }

  readonly #flushNow = (): void => {
    clearImmediate(this.#flush);
    this.#flush = undefined;
    this.#send();
  };

  #send(): void {
    if (this.#over || this.#pending === '') return;
    const text = this.#pending;
    this.#pending = '';
    this.#keepAlive.refresh();
    this.#sink.write(text);
  }

  #stall(): void {
    const reason = new Error(
      `The client read nothing for ${this.#options.stallTimeoutMs} ms; its stream was dropped.`,
    );
    this.#options.abort.abort(reason);
    this.#stop();
    this.#sink.cut(reason);
  }

  #stop(): void {
    this.#over = true;
    clearInterval(this.#keepAlive);
    clearImmediate(this.#flush);
    this.#wake?.();
  }
}
