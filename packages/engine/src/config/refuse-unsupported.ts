import { RuntimeConfigSchema } from '@mlx/schemas/config';
import type { RuntimeConfig } from '@mlx/schemas/config';
import { isDeepStrictEqual } from 'node:util';
import { invalidParameter } from '../support/errors.js';

/** Keys of the engine's sections that this version can honour at their default only, and what to do instead. */
const atDefaultOnly: Readonly<Record<string, string>> = {
  'cache.enabled': 'Fetched models are always kept',
  'cache.cache_dir': 'Set the environment variable MLX_SERVE_HOME instead',
  'cache.max_size_bytes': 'Fetched models are kept until they are deleted by hand',
  'cache.max_age_days': 'Fetched models are kept until they are deleted by hand',
  'cache.eviction_policy': 'Fetched models are kept until they are deleted by hand',
  'cache.validate_on_startup': 'A model directory is checked whenever it is loaded',
  'security.allow_remote_code': 'Code from a model repository is never run',
  'security.verify_checksums': 'Checksums are always verified',
  'performance.kv_bits': 'The key-value cache is not quantised by this version',
};

const defaults = RuntimeConfigSchema.parse({});

/** Throws InvalidParams for a setting that would otherwise have to be ignored. */
export function refuseUnsupportedConfig(config: RuntimeConfig): void {
  for (const [key, advice] of Object.entries(atDefaultOnly)) {
    if (isDeepStrictEqual(read(config, key), read(defaults, key))) continue;
    throw invalidParameter(key, `Not supported by this version: ${advice}`);
  }
}

function read(config: RuntimeConfig, key: string): unknown {
  return key
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], config);
}
