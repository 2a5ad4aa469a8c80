import type { RecoveryCounts } from '../generation/recovery.js';

/** What became of a model's requests where something went wrong, since it was loaded. */
export interface RequestCounters {
  /** Answers whose process crashed under them. */
  readonly recoveries: RecoveryCounts;
  /** Requests dropped because their consumer took nothing. */
  slowConsumers: number;
}

export function newCounters(): RequestCounters {
  return {
    recoveries: { replayed: 0, resumed: 0, quarantined: 0, failed: 0 },
    slowConsumers: 0,
  };
}
