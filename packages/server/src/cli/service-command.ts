import { formatJson } from '@mlx/engine/cli';
import { EngineClientError } from '@mlx/schemas';
import { Command, Option } from 'commander';
import { installService, serviceStatus, uninstallService } from '../service/change-service.js';
import { serviceDefinition, serviceManager, servicePlatforms } from '../service/this-service.js';
import { requireModels } from '../serve/require-models.js';
import { configOption } from './options.js';
import { readConfig } from './read-config.js';
import { serveCommand } from './serve-command.js';
import { checkServerSettings } from './server-settings.js';

interface InstallFlags {
  readonly config?: string;
  readonly dryRun: boolean;
  readonly start: boolean;
  readonly platform?: string;
}

const FAILURE = 1;

/** `service install | status | uninstall`: keeps a server running, by what the platform has for it. */
export function serviceCommand(): Command {
  return new Command('service')
    .description('keep a server running: systemd on Linux, launchd on macOS')
    .addCommand(installCommand())
    .addCommand(statusCommand())
    .addCommand(uninstallCommand());
}

function installCommand(): Command {
  return new Command('install')
    .description('write the service and start it; again after an update or with other options')
    .argument('[options...]', 'options of `mlx-serve serve`, after --')
    .addOption(configOption())
    .option('--dry-run', 'print the file and the commands, change nothing', false)
    .option('--no-start', 'write the file only')
    .addOption(
      new Option('--platform <name>', 'with --dry-run: of another platform').choices(
        servicePlatforms,
      ),
    )
    .addHelpText('after', '\nExample: mlx-serve service install -c models.yaml -- --port 9000')
    .action(install);
}

async function install(args: readonly string[], flags: InstallFlags): Promise<void> {
  const { config, dryRun, start, platform } = flags;
  if (platform !== undefined && !dryRun) {
    throw new EngineClientError('InvalidParams', '--platform is for --dry-run only.');
  }
  await checkServerSettings(readConfig(config));
  await checkServeOptions(args);
  const manager = serviceManager(dryRun ? platform : undefined);
  const definition = serviceDefinition(config, args);
  if (dryRun) {
    const steps = manager.start.map((step) => `${step.join(' ')}\n`);
    process.stdout.write(`${manager.file}:\n\n${manager.render(definition)}\n${steps.join('')}`);
    return;
  }
  installService(manager, definition, start);
  const lines = [
    `${manager.file} is written${start ? ' and started' : ''}.`,
    `Its log: ${manager.logs}`,
    'mlx-serve service status tells whether it runs, mlx-serve service uninstall takes it away.',
    ...manager.hints,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** What is wrong is told now, and not by a service that never starts. */
async function checkServeOptions(args: readonly string[]): Promise<void> {
  const command = serveCommand()
    .exitOverride()
    .action(() => undefined)
    .parse([...args], { from: 'user' });
  await requireModels(command.opts<{ model?: readonly string[] }>().model ?? []);
}

function statusCommand(): Command {
  return new Command('status')
    .description('tell whether the service is there and runs; ends with 1 if it does not')
    .option('--json', 'print JSON', false)
    .action(({ json }: { json: boolean }) => {
      const status = serviceStatus(serviceManager());
      if (!status.running) process.exitCode = FAILURE;
      if (json) {
        process.stdout.write(formatJson(status));
        return;
      }
      const { installed, running, file, manager, logs } = status;
      const state = running ? `runs, by ${manager}` : 'does not run';
      const line = installed ? `The service ${state}: ${file}\nIts log: ${logs}` : NOT_INSTALLED;
      process.stdout.write(`${line}\n`);
    });
}

const NOT_INSTALLED = 'There is no service. `mlx-serve service install` makes one.';

function uninstallCommand(): Command {
  return new Command('uninstall')
    .description('stop the service and take it away; models and settings stay')
    .action(() => {
      const manager = serviceManager();
      const removed = uninstallService(manager);
      const kept = 'Models and settings are kept.';
      process.stdout.write(
        removed ? `${manager.file} is removed. ${kept}\n` : `${NOT_INSTALLED}\n`,
      );
    });
}
