import type { EngineClientError } from '@mlx/schemas';
import type { WireParams } from '@mlx/schemas/wire';
import { encodeNotification } from '../protocol/encode-frame.js';
import type { WatchOptions } from '../stream/consumer-watch.js';
import type { RowReceiver, StreamCall, StreamHost, StreamOutcome } from '../stream/stream-host.js';
import type { Streams } from '../stream/streams.js';
import type { Calls } from './calls.js';
import type { ConnectionListener } from './connection-listener.js';
import type { ConnectionOptions } from './connection-options.js';
import type { ConnectionCounters } from './counters.js';
import type { FrameWriter } from './frame-writer.js';

interface ConnectionParts {
  calls: Calls;
  streams: Streams;
  writer: FrameWriter;
  counters: ConnectionCounters;
  listener: ConnectionListener;
}

/** What streams may do on a connection, and whether anything may be started on it at all. */
export class ConnectionHost implements StreamHost {
  readonly creditWindow: number;
  readonly watchOptions: WatchOptions;
  readonly #parts: ConnectionParts;
  #refusal: EngineClientError | undefined;

  constructor(options: ConnectionOptions, parts: ConnectionParts) {
    this.creditWindow = options.creditWindow;
    this.watchOptions = options;
    this.#parts = parts;
  }

  /** Why nothing may be started any more. */
  get refusal(): EngineClientError | undefined {
    return this.#refusal;
  }

  refuse(error: EngineClientError): void {
    this.#refusal = error;
  }

  assertOpen(): void {
    if (this.#refusal !== undefined) throw this.#refusal;
  }

  start(
    receiver: RowReceiver,
    params: WireParams<'generate'>,
    timeoutMs: number | undefined,
    outcome: StreamOutcome,
  ): StreamCall {
    this.assertOpen();
    const { calls, streams } = this.#parts;
    streams.add(receiver);
    try {
      return calls.start(
        'generate',
        params,
        { timeoutMs },
        {
          resolve: () => {},
          reject: (error) => outcome.refused(error),
          expire: (error) => outcome.expired(error),
        },
      );
    } catch (error) {
      streams.remove(receiver);
      throw error;
    }
  }

  remove(receiver: RowReceiver): void {
    this.#parts.streams.remove(receiver);
  }

  sendCredit(streamId: string, tokens: number): void {
    this.#parts.writer.write(encodeNotification('credit', { streamId, tokens }));
  }

  sendCancel(streamId: string): void {
    this.#parts.writer.write(encodeNotification('cancel', { streamId }));
  }

  countLateRow(): void {
    this.#parts.counters.lateRows += 1;
  }

  countSlowConsumer(): void {
    this.#parts.counters.slowConsumers += 1;
  }

  reportSlowConsumer(streamId: string, pausedMs: number): void {
    this.#parts.listener.onSlowConsumer(streamId, pausedMs);
  }
}
