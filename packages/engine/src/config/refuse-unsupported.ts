import { RuntimeConfigSchema } from '@mlx/schemas/config';
import type { RuntimeConfig } from '@mlx/schemas/config';
import { isDeepStrictEqual } from 'node:util';
import { invalidParameter } from '../support/errors.js';

/** Keys of the engine's sections that this version can honour at their default only, and what to do instead. */
const atDefaultOnly: Readonly<Record<string, string>> = {
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
