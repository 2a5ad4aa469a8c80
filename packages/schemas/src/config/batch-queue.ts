import type * as z from 'zod';
import { strictObject } from '../common/objects.js';
import { integerOr, numberBetween } from '../common/ranges.js';
import { Off, On } from '../common/shared.js';

export const BatchQueueConfigSchema = strictObject({
  enabled: On,
  /** Most rows decoded in one step. */
  max_batch_size: integerOr(1, 4096, 32),
  /** How long token frames are gathered before they are sent on; 0: at once. */
  flush_interval_ms: numberBetween(0, 1000).default(0),
  /** Shrink the batch when a step takes longer than `target_batch_time_ms`. */
  adaptive_sizing: Off,
  target_batch_time_ms: numberBetween(1, 60_000).default(100),
});
export type BatchQueueConfig = z.infer<typeof BatchQueueConfigSchema>;
