import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SetupContext } from '../context.js';
import { runCommand } from '../process/run-command.js';
import { explainInstallFailure } from './explain-failure.js';
import type { Installer } from './installer.js';

/**
 * Where the packages that read images are, beside an environment that has none of them: a folder
 * with these contents is complete, as it gets its name last.
 */
function visionFolder(root: string, { runtime }: Pick<SetupContext, 'runtime'>): string {
  const pinned = readFileSync(requirementsOf(runtime));
  return join(root, 'vision', createHash('sha256').update(pinned).digest('hex').slice(0, 12));
}

/** Undefined where they were not installed. */
function installedVisionFolder(
  root: string,
  context: Pick<SetupContext, 'runtime'>,
): string | undefined {
  if (!existsSync(requirementsOf(context.runtime))) return undefined;
  const folder = visionFolder(root, context);
  return existsSync(folder) ? folder : undefined;
}

/** What tells the runtime where they are. */
export function visionVariables(
  root: string,
  context: Pick<SetupContext, 'runtime'>,
): Readonly<Record<string, string>> {
  const folder = installedVisionFolder(root, context);
  return folder === undefined ? {} : { MLX_RUNTIME_VISION: folder };
}

/** Call while nobody else changes the environment; `lock` is inherited by the installer. */
export async function installVision(
  root: string,
  installer: Installer,
  context: SetupContext,
  lock: number,
): Promise<void> {
  const folder = visionFolder(root, context);
  if (existsSync(folder) && !context.force) return;
  context.onProgress({ step: 'vision', message: 'Installing what reads images' });
  const begun = `${folder}.part`;
  for (const leftover of [begun, folder]) rmSync(leftover, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  const command = installer.installInto(begun, root, requirementsOf(context.runtime));
  const result = await runCommand(command, { signal: context.signal, inherit: lock });
  if (result.exitCode !== 0) {
    throw explainInstallFailure(`${result.stdout}\n${result.stderr}`, context.home);
  }
  renameSync(begun, folder);
}

function requirementsOf(runtime: string): string {
  return join(runtime, 'requirements', 'vision.txt');
}
