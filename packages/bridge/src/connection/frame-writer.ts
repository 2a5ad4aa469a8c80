import type { ConnectionCounters } from './counters.js';

/** Where frames go: a pipe to a process, or what stands for one. */
export interface FrameSink {
  readonly writable: boolean;
  /** Bytes that were written and are not sent yet. */
  readonly writableLength: number;
  write(frame: string): unknown;
  on(event: 'drain', listener: () => void): unknown;
  off(event: 'drain', listener: () => void): unknown;
}

/**
 * Writes frames in order. Requests wait while more than `highWaterBytes` are
 * unsent; notifications go at once, because flow control already bounds them.
 */
export class FrameWriter {
  readonly #sink: FrameSink;
  readonly #highWaterBytes: number;
  readonly #counters: ConnectionCounters;
  readonly #waiters = new Set<() => void>();
  #closed = false;

  constructor(sink: FrameSink, highWaterBytes: number, counters: ConnectionCounters) {
    this.#sink = sink;
    this.#counters = counters;
    this.#highWaterBytes = highWaterBytes;
    sink.on('drain', this.#release);
  }

  get full(): boolean {
    return !this.#closed && this.#sink.writableLength >= this.#highWaterBytes;
  }

  /** After `close` nothing is written; whoever closes also ends the calls that wait for answers. */
  write(frame: string): void {
    if (this.#closed || !this.#sink.writable) return;
    this.#counters.framesOut += 1;
    this.#counters.bytesOut += Buffer.byteLength(frame);
    this.#sink.write(frame);
  }

  /** Calls back once there is room, or on close; the returned function revokes it. */
  whenRoom(callback: () => void): () => void {
    this.#waiters.add(callback);
    return () => this.#waiters.delete(callback);
  }

  close(): void {
    this.#closed = true;
    this.#sink.off('drain', this.#release);
    this.#waiters.clear();
  }

  readonly #release = (): void => {
    for (const waiter of this.#waiters) {
      if (this.full) return;
      this.#waiters.delete(waiter);
      waiter();
    }
  };
}
