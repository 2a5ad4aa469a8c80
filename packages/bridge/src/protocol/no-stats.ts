import type { WireResult } from '@mlx/schemas/wire';

/** Statistics of a process that has done nothing yet. */
export const noStats: WireResult<'stats'> = {
  uptimeMs: 0,
  requests: { admitted: 0, finished: 0, cancelled: 0, failed: 0 },
  rows: { queued: 0, prefilling: 0, decoding: 0, paused: 0 },
  tokens: { prefilled: 0, reused: 0, generated: 0, drafted: 0, accepted: 0 },
  decodeSteps: 0,
  prefixCache: {
    entries: 0,
    bytes: 0,
    sharedBytes: 0,
    hits: 0,
    misses: 0,
    hitTokens: 0,
    evictions: 0,
    disk: { entries: 0, bytes: 0, hits: 0, misses: 0, written: 0, failed: 0 },
  },
  kvCache: { usedBytes: 0 },
  memory: { activeBytes: 0, peakBytes: 0, residentBytes: 0 },
  malformedFrames: 0,
};
