import { rm } from 'node:fs/promises';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SetupContext } from '../context.js';
import { reportGrowth } from '../process/report-growth.js';
import { runCommand, type Command } from '../process/run-command.js';
import type { PythonInterpreter } from '../python/probe.js';
import { runtimeCommand } from '../python/runtime-command.js';
import type { EnvironmentSpec } from './environment-spec.js';
import { removeStamp, writeStamp } from './environment-stamp.js';
import { explainInstallFailure, explainWriteFailure } from './explain-failure.js';
import type { Installer } from './installer.js';
import { prepareBlas } from './prepare-blas.js';

/**
 * Build the environment in place, for its scripts hold its path, and stamp it
 * at the end. What an interrupted run left there goes first.
 */
export async function buildEnvironment(
  spec: EnvironmentSpec,
  python: PythonInterpreter,
  root: string,
  installer: Installer,
  context: SetupContext,
  lock: number,
): Promise<void> {
  await clear(root, context);
  const message = `Installing MLX for ${spec.backend} with ${installer.name}`;
  const stopReporting = reportGrowth(root, context, { step: 'environment', message });
  try {
    const commands: Command[] = [
      installer.createEnvironment(python.executable, root),
      installer.install(root, spec.requirements),
      installer.installOnOlderPython(root, spec.mlxLmRequirements),
      runtimeCommand(root, context, ['check']),
    ];
    for (const command of commands) await runStep(command, context, lock);
  } finally {
    stopReporting();
  }
  const blas = await prepareBlas(spec, root, installer, context, lock);
  writeStamp(root, {
    hash: spec.hash,
    version: python.version.join('.'),
    base: python.executable,
    requested: context.variables['MLX_PYTHON'] || null,
    installer: installer.name,
    blas,
  });
}

async function clear(root: string, context: SetupContext): Promise<void> {
  try {
    removeStamp(root);
    await rm(root, { recursive: true, force: true });
    mkdirSync(dirname(root), { recursive: true });
  } catch (error) {
    throw explainWriteFailure(error, context.home);
  }
}

async function runStep(command: Command, context: SetupContext, lock: number): Promise<void> {
  const result = await runCommand(command, { signal: context.signal, inherit: lock });
  if (result.exitCode === 0) return;
  throw explainInstallFailure(`${result.stdout}\n${result.stderr}`, context.home);
}
