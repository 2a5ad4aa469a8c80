import { homedir, userInfo } from 'node:os';
import { resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EngineClientError } from '@mlx/schemas';
import { launchd } from './launchd.js';
import type { ServiceDefinition, ServiceManager } from './service-manager.js';
import { systemd } from './systemd.js';

export const servicePlatforms: readonly string[] = ['linux', 'darwin'];

/** Variables that say where things are, which a service would not find otherwise. */
const CARRIED = ['MLX_SERVE_HOME', 'MLX_PYTHON', 'MLX_BACKEND', 'HF_ENDPOINT', 'HF_HOME'];

/** What keeps programs running on a platform; of this machine, unless another is named. */
export function serviceManager(platform: string = process.platform): ServiceManager {
  switch (platform) {
    case 'linux':
      return systemd(homedir(), process.env['XDG_CONFIG_HOME'] || undefined);
    case 'darwin':
      return launchd(homedir(), userInfo().uid);
    default:
      throw new EngineClientError(
        'InvalidParams',
        `There is no service for ${platform}: run \`mlx-serve serve\` by what keeps programs running there.`,
      );
  }
}

/** `mlx-serve serve` with these arguments, of this installation and this Node. */
export function serviceDefinition(
  config: string | undefined,
  args: readonly string[],
): ServiceDefinition {
  const cli = fileURLToPath(new URL('cli.js', import.meta.url));
  if (cli.includes(`${sep}_npx${sep}`)) {
    throw new EngineClientError(
      'InvalidParams',
      'npx keeps this program for a while only. Install it first: npm install -g @mlx/server, then mlx-serve service install.',
    );
  }
  const named = config === undefined ? [] : ['--config', resolve(config)];
  const environment = Object.fromEntries(
    // Node and Python are found by their paths; what they start looks for programs here.
    ['PATH', ...CARRIED].flatMap((name) => {
      const value = process.env[name];
      return value ? [[name, value]] : [];
    }),
  );
  return { command: [process.execPath, cli, 'serve', ...named, ...args], environment };
}
