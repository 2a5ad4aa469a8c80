import { explainConfig } from '@mlx/config';
import { Command, Option } from 'commander';
import { readConfig } from './read-config.js';
import { checkServerSettings } from './server-settings.js';

interface ConfigFlags {
  readonly config?: string;
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
    .action(async (named: string | undefined, { config }: ConfigFlags) => {
      const file = named ?? config;
      await checkServerSettings(readConfig(file));
      console.log(`${file ?? 'The default configuration'} is valid.`);
    });
  command
    .command('print')
    .description('print every value that applies and where it comes from')
    .argument('[file]', 'configuration file (YAML)')
    .addOption(configOption())
    .option('--json', 'print JSON, without the origins', false)
    .action((named: string | undefined, { config, json }: ConfigFlags & { json: boolean }) => {
      const loaded = readConfig(named ?? config);
      console.log(json ? JSON.stringify(loaded.config, null, 2) : explainConfig(loaded));
    });
  return command;
}
