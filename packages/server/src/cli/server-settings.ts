import { dirname, resolve } from 'node:path';
import type { LoadedConfig } from '@mlx/config';
import { DEFAULT_MODEL_ID } from '@mlx/engine/setup';
import { EngineClientError } from '@mlx/schemas';
import { readKeyFile } from '../keys/read-key-file.js';
import { AllowedHosts } from '../images/allowed-hosts.js';
import { requireModels } from '../serve/require-models.js';
import { requireDifferentNames } from '../serve/model-source.js';
import { readAlias } from './alias.js';

interface ServerFlags {
  readonly host?: string;
  readonly port?: number;
  readonly model?: readonly string[];
  readonly alias?: readonly string[];
  readonly allowHost?: readonly string[];
  readonly allowOrigin?: readonly string[];
  readonly allowImageHost?: readonly string[];
  readonly strict?: boolean;
}

/**
 * What the configuration says, with the command line on top: it names another
 * host, port and models, adds further names, and wins over the same alias.
 */
export function serverSettings(loaded: LoadedConfig, flags: ServerFlags = {}) {
  const config = loaded.config.server;
  const {
    alias = [],
    allowHost = [],
    allowOrigin = [],
    allowImageHost = [],
    strict = false,
  } = flags;
  const models = flags.model ?? config.models;
  return {
    host: flags.host ?? config.host,
    port: flags.port ?? config.port,
    models: models.length > 0 ? models : [DEFAULT_MODEL_ID],
    keyFile: keyFileOf(loaded),
    aliases: Object.fromEntries([...config.aliases, ...alias].map(toPair)),
    allowedHosts: [...config.allowed_hosts, ...allowHost],
    imageHosts: [...config.image_hosts, ...allowImageHost],
    allowedOrigins: [...config.allowed_origins, ...allowOrigin],
    strict: config.strict || strict,
  };
}

/** Refuses what a server could not be started with: aliases, names of models, the file of keys. */
export async function checkServerSettings(loaded: LoadedConfig): Promise<void> {
  const { models, keyFile, imageHosts } = serverSettings(loaded);
  requireDifferentNames(models);
  await requireModels(models);
  requireHosts(imageHosts);
  if (keyFile !== undefined) readKeyFile(keyFile);
}

/** Refuses entries that name no host. */
function requireHosts(hosts: readonly string[]): void {
  void new AllowedHosts(hosts);
}

/** A relative path starts where the configuration file is that names it. */
function keyFileOf({ config, origins }: LoadedConfig): string | undefined {
  const path = config.server.api_keys_file;
  if (path === '') return undefined;
  const origin = origins.get('server.api_keys_file');
  return origin?.layer === 'file' ? resolve(dirname(origin.file), path) : resolve(path);
}

function toPair(alias: string): [string, string] {
  const pair = readAlias(alias);
  if (pair !== undefined) return pair;
  throw new EngineClientError(
    'InvalidParams',
    `server.aliases: '${alias}' must be like 'gpt-4o=owner/model'.`,
  );
}
