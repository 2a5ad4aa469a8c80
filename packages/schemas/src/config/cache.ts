import * as z from 'zod';
import { NonEmptyString } from '../common/primitives.js';

/** Model files on disk. */
export const CacheConfigSchema = z.strictObject({
  enabled: z.boolean().default(true),
  /** Empty: `models` under MLX_SERVE_HOME. */
  cache_dir: z.string().default(''),
  max_size_bytes: z
    .int()
    .min(0)
    .default(100 * 1024 ** 3),
  max_age_days: z.int().min(1).max(36_500).default(365),
  eviction_policy: z.enum(['lru', 'lfu', 'fifo']).default('lru'),
  /** Models fetched when the engine starts. */
  preload_models: z.array(NonEmptyString).default([]),
  validate_on_startup: z.boolean().default(false),
});
export type CacheConfig = z.infer<typeof CacheConfigSchema>;
