import type { EngineClientError } from '@mlx/schemas';
import type { WireParams } from '@mlx/schemas/wire';
import { encodeNotification } from '../protocol/encode-frame.js';
import type { LiveStream } from '../stream/live-stream.js';
import type { SlowConsumerLimits } from '../stream/slow-consumer-watch.js';
import type { StreamHost } from '../stream/stream-host.js';
import type { Streams } from '../stream/streams.js';
import type { Clock } from '../time/clock.js';
import type { Call, CallOutcome } from './call.js';
import type { Calls } from './calls.js';
import type { ConnectionListener } from './connection-listener.js';
import type { CallOptions, ConnectionOptions } from './connection-options.js';
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
  readonly clock: Clock;
  readonly creditWindow: number;
  readonly slowConsumerLimits: SlowConsumerLimits;
  readonly #parts: ConnectionParts;
  #refusal: EngineClientError | undefined;

  constructor(options: ConnectionOptions, parts: ConnectionParts) {
    this.clock = options.clock;
    this.creditWindow = options.creditWindow;
    this.slowConsumerLimits = options;
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
    live: LiveStream,
    params: WireParams<'generate'>,
    options: CallOptions,
    outcome: CallOutcome,
  ): Call {
    this.assertOpen();
    const { calls, streams } = this.#parts;
    streams.add(live);
    try {
      return calls.start('generate', params, options, outcome);
    } catch (error) {
      streams.remove(live);
      throw error;
    }
  }

  remove(live: LiveStream): void {
    this.#parts.streams.remove(live);
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
