import type * as z from 'zod';
import { strictObject } from '../common/objects.js';
import { integerOr } from '../common/ranges.js';
import { NoNames, NonNegativeInteger } from '../common/primitives.js';
import { NoText, Off, On } from '../common/shared.js';
import { EvictionPolicy } from './model.js';

/** Model files on disk. */
export const CacheConfigSchema = strictObject({
  enabled: On,
  /** Empty: `models` under MLX_SERVE_HOME. */
  cache_dir: NoText,
  max_size_bytes: NonNegativeInteger.default(107_374_182_400),
  max_age_days: integerOr(1, 36_500, 365),
  eviction_policy: EvictionPolicy,
  /** Models fetched when the engine starts. */
  preload_models: NoNames,
  validate_on_startup: Off,
});
export type CacheConfig = z.infer<typeof CacheConfigSchema>;
