import type { RuntimeConfig } from '@mlx/schemas/config';
import type { EnsureModelOptions } from '../setup/model/ensure-model.js';

/** How fetched models are kept and checked. */
export function toStoreOptions(config: RuntimeConfig) {
  const { cache, security, python_runtime: python } = config;
  return {
    localOnly: !cache.enabled,
    modelsFolder: cache.cache_dir === '' ? undefined : cache.cache_dir,
    limits: {
      maxBytes: cache.max_size_bytes,
      maxAgeDays: cache.max_age_days,
      policy: cache.eviction_policy,
    },
    verifyChecksums: security.verify_checksums,
    allowRemoteCode: security.allow_remote_code,
    python: python.python_path === '' ? undefined : python.python_path,
  } satisfies EnsureModelOptions;
}
