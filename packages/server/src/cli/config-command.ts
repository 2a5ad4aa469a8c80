import { explainConfig } from '@mlx/config';
import { formatJson, plainMessage } from '@mlx/engine/cli';
import { isEngineClientError } from '@mlx/schemas';
import { Command, Option } from 'commander';
import { readConfig } from './read-config.js';
import { checkServerSettings } from './server-settings.js';

interface ConfigFlags {
  readonly config?: string;
  readonly json: boolean;
}

/** As other commands take it. */
const configOption = () => new Option('-c, --config <file>', 'the same file');

/** `config check` and `config print`: what a server would run with, without running it. */
export function configCommand(): Command {
  const command = new Command('config').description('check or print the configuration');
  command
    .command('check')
    .description('validate a configuration file and the environment variables that override it')
    .argument('[file]', 'configuration file (YAML)')
    .addOption(configOption())
    .option('--json', 'print JSON', false)
    .action(async (named: string | undefined, { config, json }: ConfigFlags) => {
      const file = named ?? config;
      if (json) return checkAsJson(file);
      await checkServerSettings(readConfig(file));
      console.log(`${file ?? 'The default configuration'} is valid.`);
    });
  command
    .command('print')
    .description('print every value that applies and where it comes from')
    .argument('[file]', 'configuration file (YAML)')
    .addOption(configOption())
    .option('--json', 'print JSON, without the origins', false)
    .action((named: string | undefined, { config, json }: ConfigFlags) => {
      const loaded = readConfig(named ?? config);
      console.log(json ? JSON.stringify(loaded.config, null, 2) : explainConfig(loaded));
    });
  return command;
}

/** For programs: what is wrong is part of what is printed. */
async function checkAsJson(file: string | undefined): Promise<void> {
  try {
    await checkServerSettings(readConfig(file));
    process.stdout.write(formatJson({ file, valid: true }));
  } catch (error) {
    if (!isEngineClientError(error)) throw error;
    process.stdout.write(formatJson({ file, valid: false, message: plainMessage(error) }));
    process.exitCode = 1;
  }
}
