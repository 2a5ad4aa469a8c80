import { resolve } from 'node:path';
import type { Command } from 'commander';
import { copyModel } from '../setup/store/copy-model.js';
import { ensureModel } from '../setup/model/ensure-model.js';
import { readModelReference } from '../setup/model/meant-model.js';
import { bareName, isGguf } from '../setup/model/model-reference.js';
import { setupPythonEnvironment } from '../setup/setup-python-environment.js';
import type { CommandContext } from './cli-context.js';
import { formatJson } from './format.js';
import { modelsFolderOf } from './list-command.js';
import { reportProgress } from './report-progress.js';

interface PullFlags {
  readonly revision?: string;
  readonly as?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

export function addPullCommand(program: Command, context: CommandContext): void {
  program
    .command('pull')
    .description(
      'download a model, or take one from a directory or a GGUF file, and print where it is',
    )
    .argument(
      '<model>',
      'such as mlx-community/Qwen3-4B-4bit, a directory together with --as, or a .gguf file',
    )
    .option('--revision <name>', 'a branch, tag or commit; the main branch as it is now')
    .option(
      '--as <owner/name>',
      'the name in the store of a directory, or of a GGUF file (local/FILE)',
    )
    .option('--force', 'fetch it again')
    .option('--json', 'print JSON')
    .addHelpText('after', help)
    .action((model: string, flags: PullFlags) => pull(model, flags, context));
}

const help = `
Only safetensors, configuration and tokenizer files are fetched, several at a time, and compared
with the checksums that Hugging Face tells. What was interrupted goes on where it was.

Environment:
  HF_TOKEN           access token, for models that ask to accept a licence first
  HF_ENDPOINT        a mirror of Hugging Face
  HF_HUB_OFFLINE=1   fetch nothing`;

const NOT_COPIED = 'A directory is used where it lies; --as owner/name copies it into the store.\n';

const isLocalPath = (model: string, directory: string) => resolve(model) === resolve(directory);

async function pull(model: string, flags: PullFlags, context: CommandContext): Promise<void> {
  const { variables, signal, stdout, stderr } = context;
  const { revision, force } = flags;
  const as = flags.as ?? (isGguf(model) ? `local/${bareName(model)}` : undefined);
  // A wrong name is told before anything is installed for it.
  if (as === undefined) readModelReference(model, { variables, ...modelsFolderOf(context) });
  const report = reportProgress(stderr, variables);
  const options = { variables, signal, onProgress: report.update, force };
  try {
    await setupPythonEnvironment({ variables, signal, onProgress: report.update });
    const directory = as
      ? await copyModel(model, as, { ...options, ...modelsFolderOf(context) })
      : await ensureModel(model, { ...options, revision });
    report.close();
    if (as === undefined && isLocalPath(model, directory)) stderr.write(NOT_COPIED);
    stdout.write(flags.json ? formatJson({ id: as ?? model, directory }) : `${directory}\n`);
  } finally {
    report.close();
  }
}
