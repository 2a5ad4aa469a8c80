/** Bytes that may wait for a client before its stream stops being read. */
const HIGH_WATER_BYTES = 16 * 1024;

export interface ByteStreamOptions {
  /** Aborted when the client goes away or reads nothing for too long. */
  readonly abort: AbortController;
  /** Ends the connection, which closing a stream that nobody reads does not. */
  readonly disconnect: (() => void) | undefined;
  /** How long a full buffer may stay full, in milliseconds. */
  readonly stallTimeoutMs: number;
  /** Sent when nothing else was for `keepAliveMs`, so that proxies keep the connection. */
  readonly keepAliveText: string;
  readonly keepAliveMs: number;
}

/**
 * Turns text into a response body. What arrives within one event-loop turn is
 * written at once; when the client's buffer is full the source is not read,
 * which is what makes its credit run out and its row pause.
 */
export function byteStream(
  source: AsyncIterable<string>,
  options: ByteStreamOptions,
): ReadableStream<Uint8Array> {
  const writer = new BatchWriter(options);
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        void writer.run(source, controller);
      },
      pull() {
        writer.onRoom();
      },
      cancel(reason) {
        options.abort.abort(reason);
        writer.stop();
      },
    },
    { highWaterMark: HIGH_WATER_BYTES, size: (chunk) => chunk.byteLength },
  );
}

class BatchWriter {
  readonly #options: ByteStreamOptions;
  readonly #encoder = new TextEncoder();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #pending = '';
  #flush: NodeJS.Immediate | undefined;
  #keepAlive: NodeJS.Timeout | undefined;
  #wake: (() => void) | undefined;
  #stopped = false;

  constructor(options: ByteStreamOptions) {
    this.#options = options;
  }

  async run(
    source: AsyncIterable<string>,
    controller: ReadableStreamDefaultController<Uint8Array>,
  ): Promise<void> {
    this.#controller = controller;
    this.#keepAlive = setInterval(() => {
      this.#write(this.#options.keepAliveText);
    }, this.#options.keepAliveMs);
    try {
      for await (const text of source) {
        if (this.#stopped) break;
        this.#write(text);
        if (this.#isFull()) await this.#room();
      }
      this.#finish(() => controller.close());
    } catch (error) {
      this.#finish(() => controller.error(error));
    }
  }

  onRoom(): void {
    this.#wake?.();
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#keepAlive);
    clearImmediate(this.#flush);
    this.#wake?.();
  }

  #write(text: string): void {
    this.#pending += text;
    this.#flush ??= setImmediate(() => this.#flushNow());
  }

  #flushNow(): void {
    clearImmediate(this.#flush);
    this.#flush = undefined;
    if (this.#stopped || this.#pending === '') return;
    this.#controller?.enqueue(this.#encoder.encode(this.#pending));
    this.#pending = '';
    this.#keepAlive?.refresh();
  }

  #isFull(): boolean {
    return (this.#controller?.desiredSize ?? 0) - this.#pending.length <= 0;
  }

  async #room(): Promise<void> {
    this.#flushNow();
    if (this.#stopped || !this.#isFull()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const stall = setTimeout(() => this.#stall(), this.#options.stallTimeoutMs);
    await promise;
    clearTimeout(stall);
    this.#wake = undefined;
  }

  #stall(): void {
    const reason = new Error(
      `The client read nothing for ${this.#options.stallTimeoutMs} ms; its stream was dropped.`,
    );
    this.#options.abort.abort(reason);
    const { disconnect = () => this.#controller?.error(reason) } = this.#options;
    this.#finish(disconnect);
  }

  #finish(end: () => void): void {
    if (this.#stopped) return;
    this.#flushNow();
    this.stop();
    end();
  }
}
