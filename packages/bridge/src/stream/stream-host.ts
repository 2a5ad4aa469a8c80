import type { WireParams } from '@mlx/schemas/wire';
import type { Call, CallOutcome } from '../connection/call.js';
import type { CallOptions } from '../connection/connection-options.js';
import type { Clock } from '../time/clock.js';
import type { LiveStream } from './live-stream.js';
import type { SlowConsumerLimits } from './slow-consumer-watch.js';

/** What a stream needs of the connection it runs on. */
export interface StreamHost {
  readonly clock: Clock;
  readonly creditWindow: number;
  readonly slowConsumerLimits: SlowConsumerLimits;
  /** Registers the stream and sends its request; throws what is wrong before anything is sent. */
  start(
    live: LiveStream,
    params: WireParams<'generate'>,
    options: CallOptions,
    outcome: CallOutcome,
  ): Call;
  remove(live: LiveStream): void;
  sendCredit(streamId: string, tokens: number): void;
  sendCancel(streamId: string): void;
  countLateRow(): void;
  countSlowConsumer(): void;
  reportSlowConsumer(streamId: string, pausedMs: number): void;
}
