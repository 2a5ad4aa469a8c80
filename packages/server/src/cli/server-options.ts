import { Option, type Command } from 'commander';
import type { AskedServer } from '../client/asked-server.js';
import { localUrl } from '../client/local-address.js';
import { parseUrl } from '../client/server-client.js';
import { defaults, parsePort } from './options.js';
import { readConfig } from './read-config.js';

/** Of commands that ask a running server. */
export interface ServerFlags {
  readonly port?: number;
  readonly url?: string;
  readonly config?: string;
}

/** `--port` and `--url`, alike in all commands that ask a running server. */
export function addServerOptions(command: Command): Command {
  const port = `port of the server, where it runs on this machine (default: ${defaults.port})`;
  return command
    .addOption(new Option('-p, --port <number>', port).env('PORT').argParser(parsePort))
    .addOption(
      new Option('--url <url>', 'the server to ask (default: this machine, --port)')
        .env('MLX_SERVE_URL')
        .argParser(parseUrl),
    );
}

/** A port that was typed wins over what the environment says. */
export function askedServer(command: Command): AskedServer {
  const { port, url, config } = command.opts<ServerFlags>();
  const portWasTyped = command.getOptionValueSource('port') === 'cli';
  if (url !== undefined && !portWasTyped) return { url, isNamed: true };
  const at = port ?? readConfig(config).config.server.port;
  return { url: localUrl('127.0.0.1', at), isNamed: portWasTyped };
}
