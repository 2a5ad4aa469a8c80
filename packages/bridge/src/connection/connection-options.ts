import type { Clock } from '../time/clock.js';
import type { SlowConsumerLimits } from '../stream/consumer-watch.js';

export interface ConnectionOptions extends SlowConsumerLimits {
  clock: Clock;
  maxFrameBytes: number;
  writeHighWaterBytes: number;
  maxPendingRequests: number;
  requestTimeoutMs: number;
  /** Tokens the sidecar may send ahead of each stream's consumer. */
  creditWindow: number;
}

export interface RequestOptions {
  signal?: AbortSignal | undefined;
  /** Longest wait for the answer, in milliseconds; `progress` frames extend that of `load`. */
  timeoutMs?: number | undefined;
}
