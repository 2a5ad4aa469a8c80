import { DEFAULT_MODEL_ID } from '@mlx/engine/setup';
import type { LoggingConfig } from '@mlx/schemas';
import { ServerConfigSchema } from '@mlx/schemas/config';
import { existsSync } from 'node:fs';
import { InvalidArgumentError, Option } from 'commander';
import { readAlias } from './alias.js';

export const defaults = ServerConfigSchema.parse({});

/* What has a key in the configuration has no default here: the file's value would never count. */

export function portOption(): Option {
  const description = `port to listen on; 0 takes a free one (default: ${defaults.port})`;
  return new Option('-p, --port <number>', description).env('PORT').argParser(parsePort);
}

export function hostOption(): Option {
  return new Option('--host <address>', `address to listen on (default: ${defaults.host})`);
}

export function configOption(): Option {
  return new Option('-c, --config <file>', 'configuration file (YAML)');
}

export function modelOption(): Option {
  const flags = '-m, --model <[name=]model...>';
  const description =
    'Hugging Face repository or local directory, and the name that clients know it by; ' +
    `may be repeated (default: ${DEFAULT_MODEL_ID})`;
  return new Option(flags, description).env('MLX_MODEL').argParser(modelCollector());
}

export function draftModelOption(): Option {
  const flags = '--draft-model <id or directory...>';
  const description =
    'smaller model that drafts for the first --model; a second one for the second, and so on';
  return new Option(flags, description)
    .env('MLX_DRAFT_MODEL')
    .default([], 'none')
    .argParser(modelCollector());
}

export function adapterOption(): Option {
  const description =
    'adapter (LoRA) of the first --model, a directory or repository; model:name=path: of another';
  return new Option('--adapter <name=path...>', description)
    .env('MLX_ADAPTER')
    .default([], 'none')
    .argParser(collector());
}

export function fleetOption(): Option {
  const description =
    'NATS server of a fleet, such as nats://127.0.0.1:4222, or a YAML file with the options of the connection';
  return new Option('--fleet <address or file>', description).env('MLX_FLEET');
}

export interface LogFlags {
  readonly logLevel?: LoggingConfig['level'];
  readonly logFormat?: LoggingConfig['format'];
}

export function logLevelOption(): Option {
  const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];
  return new Option('--log-level <level>', 'overrides logging.level').choices(levels);
}

export function logFormatOption(): Option {
  return new Option('--log-format <format>', 'default: pretty on a terminal').choices([
    'json',
    'pretty',
  ]);
}

export function aliasOption(): Option {
  return new Option('--alias <name=model...>', 'further name under which a model answers')
    .env('MLX_ALIAS')
    .default([], 'none')
    .argParser(collectAliases());
}

export function ranksOption(): Option {
  const description = 'how many devices share each model (default: model.parallel.ranks)';
  return new Option('--ranks <number>', description).argParser(parseRanks);
}

export function mcpOption(): Option {
  const description = 'MCP server over HTTP whose tools the chat page may use';
  return new Option('--mcp <name=url...>', description)
    .env('MLX_MCP')
    .default({}, 'none')
    .argParser(collectMcpServers());
}

function collectMcpServers(): (text: string) => Readonly<Record<string, string>> {
  const servers: Record<string, string> = {};
  return (text) => {
    const [, name, url = ''] = /^([\w.-]{1,64})=(.+)$/.exec(text) ?? [];
    if (name === undefined || !/^https?:\/\//.test(url) || !URL.canParse(url)) {
      throw new InvalidArgumentError('It must be like files=http://127.0.0.1:3000/mcp.');
    }
    servers[name] = url;
    return servers;
  };
}

/** Values that are given one by one, or with commas between them. */
function collector(): (text: string) => readonly string[] {
  const values: string[] = [];
  return (text) => {
    values.push(...text.split(',').filter((value) => value !== ''));
    return values;
  };
}

function collectAliases(): (text: string) => readonly string[] {
  const aliases: string[] = [];
  return (text) => {
    for (const pair of text.split(',')) {
      if (readAlias(pair) === undefined) {
        throw new InvalidArgumentError('It must be like gpt-4o=owner/model.');
      }
      aliases.push(pair);
    }
    return aliases;
  };
}

function parseRanks(text: string): number {
  const ranks = Number(text);
  if (/^\d+$/.test(text) && ranks >= 1 && ranks <= 64) return ranks;
  throw new InvalidArgumentError('It must be a number from 1 to 64.');
}

/** Of an option: a port; 0 is for any that is free. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('It must be a number from 0 to 65535.');
}

/** The models that were given take the place of the default; the environment's have commas between them. */
function modelCollector(): (text: string) => readonly string[] {
  const models: string[] = [];
  return (text) => {
    // A comma may also be part of a directory's name.
    const [, path = text] = text.split('=');
    const given = existsSync(path) ? [text] : text.split(',');
    models.push(...given.filter((model) => model !== ''));
    return models;
  };
}
