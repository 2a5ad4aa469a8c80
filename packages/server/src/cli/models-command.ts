import { listModels } from '@mlx/engine/setup';
import { Command } from 'commander';
import { readConfig } from './read-config.js';

/** `models`: what can be served without a download. */
export function modelsCommand(): Command {
  return new Command('models')
    .description('List the models on this machine.')
    .option('-c, --config <file>', 'configuration file (YAML)')
    .option('--json', 'for programs', false)
    .action(({ config: file, json }: { config?: string; json: boolean }) => {
      const { cache } = readConfig(file).config;
      const models = listModels({ modelsFolder: cache.cache_dir });
      if (json) console.log(JSON.stringify(models, null, 2));
      else if (models.length === 0)
        console.log('None yet. `mlx-serve serve` fetches the default one.');
      else for (const { id, directory } of models) console.log(`${id}  ${directory}`);
    });
}
