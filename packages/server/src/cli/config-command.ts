import { explainConfig } from '@mlx/config';
import { Command } from 'commander';
import { readConfig } from './read-config.js';
import { checkServerSettings } from './server-settings.js';

/** `config check` and `config print`: what a server would run with, without running it. */
export function configCommand(): Command {
  const command = new Command('config').description('check or print the configuration');
  command
    .command('check')
    .description('validate a configuration file and the environment variables that override it')
    .argument('[file]', 'configuration file (YAML)')
    .action((file?: string) => {
      checkServerSettings(readConfig(file));
      console.log(`${file ?? 'The default configuration'} is valid.`);
    });
  command
    .command('print')
    .description('print every value that applies and where it comes from')
    .argument('[file]', 'configuration file (YAML)')
    .option('--json', 'print JSON, without the origins', false)
    .action((file: string | undefined, { json }: { json: boolean }) => {
      const loaded = readConfig(file);
      console.log(json ? JSON.stringify(loaded.config, null, 2) : explainConfig(loaded));
    });
  return command;
}
