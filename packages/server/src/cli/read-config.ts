import { existsSync } from 'node:fs';
import { loadConfigWithOrigins, type LoadedConfig } from '@mlx/config';
import { EngineClientError } from '@mlx/schemas';

/** The configuration; unlike elsewhere, a file that was asked for has to exist. */
export function readConfig(file?: string): LoadedConfig {
  if (file !== undefined && !existsSync(file)) {
    throw new EngineClientError('InvalidParams', `There is no configuration file ${file}.`);
  }
  return loadConfigWithOrigins(file);
}
