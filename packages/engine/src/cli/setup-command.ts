import type { Command } from 'commander';
import { DEFAULT_MODEL_ID } from '../setup/model/model-reference.js';
import { ensureModel } from '../setup/model/ensure-model.js';
import { setupPythonEnvironment } from '../setup/setup-python-environment.js';
import type { CommandContext } from './cli-context.js';
import { reportProgress } from './report-progress.js';

interface SetupFlags {
  /** True for the default one. */
  readonly model?: string | true;
  readonly force?: boolean;
  readonly vision?: boolean;
}

export function addSetupCommand(program: Command, context: CommandContext): void {
  program
    .command('setup')
    .description('create or repair the Python environment, in seconds where it is already there')
    .option('--model [id]', 'fetch a model too: a Hugging Face id or a directory (the default one)')
    .option('--vision', 'install what models need that see images, too')
    .option('--force', 'build the environment again from scratch')
    .action((flags: SetupFlags) => setup(flags, context));
}

async function setup({ model, force, vision }: SetupFlags, context: CommandContext): Promise<void> {
  const { variables, signal } = context;
  const report = reportProgress(context.stderr, variables);
  try {
    const onProgress = report.update;
    const options = { variables, signal, onProgress, force, vision };
    const { version, backend, seesImages } = await setupPythonEnvironment(options);
    const images = seesImages ? ', for images too,' : '';
    report.done(`Python ${version} with MLX for ${backend}${images} is ready`);
    if (model === undefined) return;
    const id = model === true ? DEFAULT_MODEL_ID : model;
    const directory = await ensureModel(id, { variables, signal, onProgress });
    report.done(`${id} is ready in ${directory}`);
  } finally {
    report.close();
  }
}
