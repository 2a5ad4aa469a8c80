import type * as z from 'zod';
import { openObject } from '../common/objects.js';
import { NonNegativeInteger, NonNegativeNumber } from '../common/primitives.js';

/** Answer of `GET /v1/stats`: counters since the models were loaded, and gauges of this moment; all models together. */
export const ServerStatsSchema = openObject({
  requests: openObject({
    admitted: NonNegativeInteger,
    finished: NonNegativeInteger,
    cancelled: NonNegativeInteger,
    failed: NonNegativeInteger,
  }),
  rows: openObject({
    queued: NonNegativeInteger,
    prefilling: NonNegativeInteger,
    decoding: NonNegativeInteger,
    /** Waiting for clients to read. */
    paused: NonNegativeInteger,
  }),
  tokens: openObject({
    prefilled: NonNegativeInteger,
    /** Prompt tokens taken from the prefix cache. */
    reused: NonNegativeInteger,
    generated: NonNegativeInteger,
  }),
  /** Requests per decode step. */
  mean_batch_size: NonNegativeNumber,
  prefix_cache: openObject({
    entries: NonNegativeInteger,
    bytes: NonNegativeInteger,
    hits: NonNegativeInteger,
    misses: NonNegativeInteger,
    /** Hits of all look-ups, 0 to 1. */
    hit_rate: NonNegativeNumber,
  }),
  memory: openObject({
    active_bytes: NonNegativeInteger,
    peak_bytes: NonNegativeInteger,
    resident_bytes: NonNegativeInteger,
  }),
});
export type ServerStats = z.infer<typeof ServerStatsSchema>;
