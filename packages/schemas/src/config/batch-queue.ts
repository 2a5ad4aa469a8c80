import * as z from 'zod';

export const BatchQueueConfigSchema = z.strictObject({
  enabled: z.boolean().default(true),
  /** Most rows decoded in one step. */
  max_batch_size: z.int().min(1).max(4096).default(32),
  /** How long token frames are gathered before they are sent on; 0: at once. */
  flush_interval_ms: z.number().min(0).max(1000).default(0),
  /** Shrink the batch when a step takes longer than `target_batch_time_ms`. */
  adaptive_sizing: z.boolean().default(false),
  target_batch_time_ms: z.number().min(1).max(60_000).default(100),
});
export type BatchQueueConfig = z.infer<typeof BatchQueueConfigSchema>;
