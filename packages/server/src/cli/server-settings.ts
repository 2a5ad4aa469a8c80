import { EngineClientError } from '@mlx/schemas';
import type { ServerConfig } from '@mlx/schemas/config';
import { readAlias } from './alias.js';

interface ServerFlags {
  readonly alias: readonly string[];
  readonly allowHost: readonly string[];
  readonly allowOrigin: readonly string[];
  readonly strict: boolean;
}

const noFlags: ServerFlags = { alias: [], allowHost: [], allowOrigin: [], strict: false };

/** What the configuration says, with the command line on top: it adds names, and wins over the same alias. */
export function serverSettings(config: ServerConfig, flags = noFlags) {
  return {
    aliases: Object.fromEntries([...config.aliases, ...flags.alias].map(toPair)),
    allowedHosts: [...config.allowed_hosts, ...flags.allowHost],
    allowedOrigins: [...config.allowed_origins, ...flags.allowOrigin],
    strict: config.strict || flags.strict,
  };
}

function toPair(alias: string): [string, string] {
  const pair = readAlias(alias);
  if (pair !== undefined) return pair;
  throw new EngineClientError(
    'InvalidParams',
    `server.aliases: '${alias}' must be like 'gpt-4o=owner/model'.`,
  );
}
