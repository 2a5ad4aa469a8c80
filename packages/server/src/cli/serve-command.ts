import { loadConfig } from '@mlx/config';
import { DEFAULT_MODEL_ID } from '@mlx/engine/setup';
import type { LoggingConfig } from '@mlx/schemas';
import { Command, InvalidArgumentError, Option } from 'commander';
import { createLogger } from '../logger.js';
import { runServer } from '../serve/run-server.js';

interface ServeOptions {
  readonly host: string;
  readonly port: number;
  readonly model: readonly string[];
  readonly page?: string;
  readonly config?: string;
  readonly allowHost: readonly string[];
  readonly allowOrigin: readonly string[];
  readonly insecure: boolean;
  readonly logLevel?: LoggingConfig['level'];
  readonly logFormat?: LoggingConfig['format'];
}

const DEFAULT_PORT = 8484;

export function serveCommand(): Command {
  return new Command('serve')
    .description('Load models and answer HTTP requests until interrupted.')
    .addOption(
      new Option('-p, --port <number>', 'port to listen on; 0 takes a free one')
        .env('PORT')
        .default(DEFAULT_PORT)
        .argParser(parsePort),
    )
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .addOption(
      new Option(
        '-m, --model <id or directory...>',
        'Hugging Face repository or local directory; may be given several times',
      )
        .env('MLX_MODEL')
        .default([DEFAULT_MODEL_ID], DEFAULT_MODEL_ID)
        .argParser(collectModels),
    )
    .option('--page <directory>', 'built web page to serve at /')
    .option('-c, --config <file>', 'configuration file (YAML)')
    .option('--allow-host <name...>', 'further names that the Host header may carry', [])
    .option('--allow-origin <origin...>', 'web origins whose pages may call this server', [])
    .option('--insecure', 'listen beyond loopback without an API key', false)
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
        '  MLX_API_KEY     secret that clients must send; needed to listen beyond loopback\n' +
        '  MLX_SERVE_HOME  where Python and models are kept (default: ~/.cache/mlx-serve)',
    )
    .action(serve);
}

async function serve(options: ServeOptions): Promise<void> {
  const apiKey = takeApiKey();
  const config = await loadConfig(options.config);
  const onTerminal = process.stderr.isTTY && options.config === undefined;
  const logger = createLogger({
    ...config.logging,
    level: options.logLevel ?? config.logging.level,
    format: options.logFormat ?? (onTerminal ? 'pretty' : config.logging.format),
  });
  await runServer({
    host: options.host,
    port: options.port,
    models: options.model,
    config,
    logger,
    apiKey,
    insecure: options.insecure,
    allowedHosts: options.allowHost,
    allowedOrigins: options.allowOrigin,
    pageDirectory: options.page,
  });
}

/** Takes the key out of the environment, which child processes inherit. */
function takeApiKey(): string | undefined {
  const apiKey = process.env['MLX_API_KEY'];
  delete process.env['MLX_API_KEY'];
  return apiKey === '' ? undefined : apiKey;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('It must be a number from 0 to 65535.');
}

/** The first model given replaces the default; from the environment they come with commas. */
function collectModels(text: string, previous: readonly string[]): readonly string[] {
  const models = text.split(',').filter((model) => model !== '');
  return isDefault(previous) ? models : [...previous, ...models];
}

function isDefault(models: readonly string[]): boolean {
  return models.length === 1 && models[0] === DEFAULT_MODEL_ID;
}
