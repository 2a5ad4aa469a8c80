import { Command } from 'commander';
import type { LoadedConfig } from '@mlx/config';
import { reportProgress } from '@mlx/engine/cli';
import type { LoggingConfig } from '@mlx/schemas';
import type { ApiKeyOptions } from '../keys/api-key-options.js';
import { digestOf } from '../keys/key-ring.js';
import { isReadableByOthers, readKeyFile } from '../keys/read-key-file.js';
import { createLogger, type Logger } from '../logger.js';
import { requireDifferentNames } from '../serve/model-source.js';
import { requireModels } from '../serve/require-models.js';
import { pairDrafts, withAdapters } from '../serve/model-choice.js';
import type { ProgressLine } from '../serve/progress-reporter.js';
import { runServer } from '../serve/run-server.js';
import { firstStopSignal } from '../serve/shutdown.js';
import { readFleet } from '../serve/read-fleet.js';
import { logFormatOf } from './log-format.js';
import { readConfig } from './read-config.js';
import { serverSettings } from './server-settings.js';
import {
  adapterOption,
  aliasOption,
  configOption,
  draftModelOption,
  fleetOption,
  hostOption,
  logFormatOption,
  logLevelOption,
  mcpOption,
  modelOption,
  portOption,
  ranksOption,
  type LogFlags,
} from './options.js';

interface ServeOptions extends LogFlags {
  readonly host?: string;
  readonly port?: number;
  readonly model?: readonly string[];
  readonly draftModel: readonly string[];
  readonly adapter: readonly string[];
  readonly page?: string | boolean;
  readonly ranks?: number;
  readonly mcp: Readonly<Record<string, string>>;
  readonly config?: string;
  readonly allowHost?: readonly string[];
  readonly allowOrigin?: readonly string[];
  readonly allowImageHost?: readonly string[];
  readonly insecure: boolean;
  readonly strict: boolean;
  readonly alias: readonly string[];
  readonly fleet?: string;
}

export function serveCommand(): Command {
  return new Command('serve')
    .description('load models and answer HTTP requests until interrupted')
    .addOption(portOption())
    .addOption(hostOption())
    .addOption(modelOption())
    .addOption(draftModelOption())
    .addOption(adapterOption())
    .addOption(ranksOption())
    .option('--page <directory>', 'built web page to serve at / instead of the chat page')
    .option('--no-page', 'serve no page')
    .addOption(fleetOption())
    .addOption(mcpOption())
    .addOption(configOption())
    .option('--allow-host <name...>', 'additional host names under which clients may ask')
    .option('--allow-origin <origin...>', 'web origins whose pages may call this server')
    .option(
      '--allow-image-host <name...>',
      'hosts that images may be fetched from for clients, over https; none by default',
    )
    .addOption(aliasOption())
    .option('--strict', 'refuse fields of requests that would have no effect', false)
    .option('--insecure', 'accept connections from the network without an API key', false)
    .addOption(logLevelOption())
    .addOption(logFormatOption())
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
  const { config } = loaded;
  const { keyFile, ...settings } = serverSettings(loaded, options);
  // A fleet serves what its workers have, unless models were named.
  const models = options.fleet === undefined || isNamed(loaded, options) ? settings.models : [];
  requireDifferentNames(models);
  // Of a fleet, its workers have them.
  if (options.fleet === undefined) await requireModels([...models, ...options.draftModel]);
  const logging = {
    ...config.logging,
    level: options.logLevel ?? config.logging.level,
    format: options.logFormat ?? logFormatOf(loaded),
  };
  const logger = createLogger(logging);
  await runServer({
    ...settings,
    models: withAdapters(pairDrafts(models, options.draftModel), options.adapter),
    fleet: options.fleet === undefined ? undefined : readFleet(options.fleet),
    config: overRanks(config, options.ranks),
    logger,
    apiKeys: apiKeysOf(apiKey, keyFile, logger),
    insecure: options.insecure,
    page: options.page ?? true,
    mcpServers: options.mcp,
    progressLine: progressLineFor(logging),
    stop: firstStopSignal(logger),
  });
}

/** Where people read the log on a terminal; a pipe gets what the log has. */
function progressLineFor({ format, destination }: LoggingConfig): ProgressLine | undefined {
  const { stderr, env } = process;
  const shows = format === 'pretty' && destination === 'stderr' && stderr.isTTY;
  return shows ? reportProgress(stderr, env) : undefined;
}

function isNamed({ config }: LoadedConfig, { model = [] }: ServeOptions): boolean {
  return model.length + config.server.models.length > 0;
}

/** The configuration with the command line's number of devices for each model. */
function overRanks(
  config: LoadedConfig['config'],
  ranks = config.model.parallel.ranks,
): LoadedConfig['config'] {
  const { model } = config;
  return { ...config, model: { ...model, parallel: { ...model.parallel, ranks } } };
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
