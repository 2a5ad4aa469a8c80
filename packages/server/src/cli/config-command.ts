import { loadConfig } from '@mlx/config';
import { Command } from 'commander';
import { stringify } from 'yaml';

/** `config check` and `config print`: what a server would run with, without running it. */
export function configCommand(): Command {
  const command = new Command('config').description('Check or print the configuration.');
  command
    .command('check')
    .description('Validate a configuration file and the environment variables that override it.')
    .argument('[file]', 'configuration file (YAML)')
    .action(async (file?: string) => {
      await loadConfig(file);
      console.log(`${file ?? 'The default configuration'} is valid.`);
    });
  command
    .command('print')
    .description('Print the configuration after all layers are applied.')
    .argument('[file]', 'configuration file (YAML)')
    .option('--json', 'print JSON instead of YAML', false)
    .action(async (file: string | undefined, { json }: { json: boolean }) => {
      const config = await loadConfig(file);
      console.log(json ? JSON.stringify(config, null, 2) : stringify(config).trimEnd());
    });
  return command;
}
