import * as z from 'zod';
import { openObject } from '../common/objects.js';
import {
  NonEmptyString,
  NonNegativeInteger,
  NonNegativeNumber,
  OptionalNonNegativeInteger,
} from '../common/primitives.js';
import { ModelStateSchema } from '../models/handle.js';

/** Of the process that holds a model: counters since it was started, and gauges of this moment. */
const ProcessStatsSchema = openObject({
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
    /** Proposed to the model beyond the next one. */
    drafted: NonNegativeInteger,
    accepted: NonNegativeInteger,
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
  kv_cache: openObject({
    /** Planned for the requests under way and the kept prefixes. */
    used_bytes: NonNegativeInteger,
    /** Absent: not limited. */
    limit_bytes: OptionalNonNegativeInteger,
  }),
  memory: openObject({
    active_bytes: NonNegativeInteger,
    peak_bytes: NonNegativeInteger,
    resident_bytes: NonNegativeInteger,
    /** Active bytes of each process of a model over several devices, by rank. */
    rank_bytes: z.array(NonNegativeInteger).optional(),
  }),
});
export type ProcessStats = z.infer<typeof ProcessStatsSchema>;

/** Answer of `GET /v1/stats`. */
export const ServerStatsSchema = openObject({
  /** Seconds since the server's process was started. */
  uptime: NonNegativeNumber,
  /** HTTP requests that are being worked on. */
  active_requests: NonNegativeInteger,
  models: z.array(
    openObject({
      id: NonEmptyString,
      state: ModelStateSchema,
      /** Processes that were replaced. */
      restarts: OptionalNonNegativeInteger,
      weight_bytes: OptionalNonNegativeInteger,
      /** Absent while there is no process to ask. */
      process: ProcessStatsSchema.optional(),
    }),
  ),
});
export type ServerStats = z.infer<typeof ServerStatsSchema>;
