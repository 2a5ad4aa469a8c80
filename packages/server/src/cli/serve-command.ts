import type { LoadedConfig } from '@mlx/config';
import type { LoggingConfig } from '@mlx/schemas';
import { Command, Option } from 'commander';
import type { ApiKeyOptions } from '../keys/api-key-options.js';
import { digestOf } from '../keys/key-ring.js';
import { isReadableByOthers, readKeyFile } from '../keys/read-key-file.js';
import { createLogger, type Logger } from '../logger.js';
import { requireDifferentNames } from '../serve/model-source.js';
import { pairDrafts, withAdapters } from '../serve/model-choice.js';
import { runServer } from '../serve/run-server.js';
import { firstStopSignal } from '../serve/shutdown.js';
import { readConfig } from './read-config.js';
import { serverSettings } from './server-settings.js';
import {
  adapterOption,
  aliasOption,
  configOption,
  draftModelOption,
  hostOption,
  mcpOption,
  modelOption,
  portOption,
} from './options.js';

interface ServeOptions {
  readonly host?: string;
  readonly port?: number;
  readonly model?: readonly string[];
  readonly draftModel: readonly string[];
  readonly adapter: readonly string[];
  readonly page?: string | boolean;
  readonly mcp: Readonly<Record<string, string>>;
  readonly config?: string;
  readonly allowHost: readonly string[];
  readonly allowOrigin: readonly string[];
  readonly insecure: boolean;
  readonly strict: boolean;
  readonly alias: readonly string[];
  readonly logLevel?: LoggingConfig['level'];
  readonly logFormat?: LoggingConfig['format'];
}

export function serveCommand(): Command {
  return new Command('serve')
    .description('Load models and answer HTTP requests until interrupted.')
    .addOption(portOption())
    .addOption(hostOption())
    .addOption(modelOption())
    .addOption(draftModelOption())
    .addOption(adapterOption())
    .option('--page <directory>', 'built web page to serve at / instead of the chat page')
    .option('--no-page', 'serve no page')
    .addOption(mcpOption())
    .addOption(configOption())
    .option('--allow-host <name...>', 'additional host names under which clients may ask', [])
    .option('--allow-origin <origin...>', 'web origins whose pages may call this server', [])
    .addOption(aliasOption())
    .option('--strict', 'refuse fields of requests that would have no effect', false)
    .option('--insecure', 'accept connections from the network without an API key', false)
    .addOption(
      new Option('--log-level <level>', 'overrides logging.level').choices([
        'trace',
        'debug',
        'info',
        'warn',
        'error',
        'fatal',
        'silent',
      ]),
    )
    .addOption(
      new Option('--log-format <format>', 'default: pretty on a terminal').choices([
        'json',
        'pretty',
      ]),
    )
    .addHelpText(
      'after',
      '\nEnvironment:\n' +
        '  MLX_API_KEY     secret that clients must send; needed to accept connections from the network\n' +
        '  MLX_SERVE_HOME  where Python and models are kept (default: ~/.cache/mlx-serve)',
    )
    .action(serve);
}

async function serve(options: ServeOptions): Promise<void> {
  const apiKey = takeApiKey();
  const loaded = readConfig(options.config);
  const { config, origins } = loaded;
  const { keyFile, ...settings } = serverSettings(loaded, options);
  requireDifferentNames(settings.models);
  const logger = createLogger({
    ...config.logging,
    level: options.logLevel ?? config.logging.level,
    format: options.logFormat ?? formatOf(config.logging, origins),
  });
  await runServer({
    ...settings,
    models: withAdapters(pairDrafts(settings.models, options.draftModel), options.adapter),
    config,
    logger,
    apiKeys: apiKeysOf(apiKey, keyFile, logger),
    insecure: options.insecure,
    page: options.page ?? true,
    mcpServers: options.mcp,
    stop: firstStopSignal(logger),
  });
}

/** What was asked for; where nothing was, people on a terminal get lines that they can read. */
function formatOf(
  { format, destination }: LoggingConfig,
  origins: LoadedConfig['origins'],
): LoggingConfig['format'] {
  const asked = (origins.get('logging.format')?.layer ?? 'default') !== 'default';
  if (asked) return format;
  const stream = destination === 'stdout' ? process.stdout : process.stderr;
  return ['stdout', 'stderr'].includes(destination) && stream.isTTY ? 'pretty' : format;
}

/** Keys of the environment and of the file; a file that others can read is told of. */
function apiKeysOf(
  apiKey: string | undefined,
  file: string | undefined,
  logger: Logger,
): ApiKeyOptions[] {
  const ofEnvironment = apiKey === undefined ? [] : [{ name: 'default', sha256: digestOf(apiKey) }];
  if (file === undefined) return ofEnvironment;
  if (isReadableByOthers(file)) {
    logger.warn({ file }, 'others on this machine can read the API keys: chmod 600');
  }
  return [...ofEnvironment, ...readKeyFile(file)];
}

/** Takes the key out of the environment, which child processes inherit. */
function takeApiKey(): string | undefined {
  const apiKey = process.env['MLX_API_KEY'];
  delete process.env['MLX_API_KEY'];
  return apiKey === '' ? undefined : apiKey;
}
