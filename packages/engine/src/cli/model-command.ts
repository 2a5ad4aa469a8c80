import type { Command } from 'commander';
import { ensureModel } from '../setup/model/ensure-model.js';
import { listModels } from '../setup/model/list-models.js';
import { setupPythonEnvironment } from '../setup/setup-python-environment.js';
import type { CommandContext } from './cli-context.js';
import { reportProgress } from './report-progress.js';

interface PullFlags {
  readonly revision?: string;
  readonly force?: boolean;
}

export function addModelCommand(program: Command, context: CommandContext): void {
  const model = program.command('model').description('fetch and list models').helpCommand(false);
  model
    .command('pull')
    .description('fetch a model of Hugging Face and print its directory')
    .argument('<id>', 'such as mlx-community/Qwen3-4B-4bit')
    .option('--revision <name>', 'a branch, tag or commit')
    .option('--force', 'fetch it again')
    .action((id: string, flags: PullFlags) => pull(id, flags, context));
  model
    .command('list')
    .description('list the models that are here')
    .action(() => list(context));
}

async function pull(id: string, flags: PullFlags, context: CommandContext): Promise<void> {
  const { variables, signal } = context;
  const report = reportProgress(context.stderr, variables);
  const options = { variables, signal, onProgress: report.update };
  try {
    await setupPythonEnvironment(options);
    const directory = await ensureModel(id, { ...options, ...flags });
    report.close();
    context.stdout.write(`${directory}\n`);
  } finally {
    report.close();
  }
}

function list({ stdout, variables }: CommandContext): void {
  for (const { id, revision, directory } of listModels({ variables })) {
    stdout.write(`${revision ? `${id}@${revision}` : id}\t${directory}\n`);
  }
}
