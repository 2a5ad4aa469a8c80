import type { Command } from 'commander';
import { copyModel } from '../setup/store/copy-model.js';
import type { CommandContext } from './cli-context.js';
import { formatJson } from './format.js';
import { modelsFolderOf } from './list-command.js';
import { reportProgress } from './report-progress.js';

interface CopyFlags {
  readonly force?: boolean;
  readonly json?: boolean;
}

export function addCopyCommand(program: Command, context: CommandContext): void {
  program
    .command('cp')
    .description('keep a model under a further name; its files are shared, not doubled')
    .argument('<model>', 'a name that `ls` lists, or a directory')
    .argument('<owner/name>', 'the further name')
    .option('--force', 'in the place of a model of that name')
    .option('--json', 'print JSON')
    .action((from: string, to: string, flags: CopyFlags) => copy(from, to, flags, context));
}

async function copy(
  from: string,
  to: string,
  { force, json }: CopyFlags,
  context: CommandContext,
): Promise<void> {
  const { variables, signal, stdout, stderr } = context;
  const report = reportProgress(stderr, variables);
  const options = { variables, signal, force, onProgress: report.update };
  try {
    const directory = await copyModel(from, to, { ...options, ...modelsFolderOf(context) });
    report.close();
    stdout.write(json ? formatJson({ id: to, directory }) : `${directory}\n`);
  } finally {
    report.close();
  }
}
