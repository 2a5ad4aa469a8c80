import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hashContents } from './fingerprint.mjs';
import { engineCli, pinnedNode, stampFolder } from './paths.mjs';
import { capture, run } from './run.mjs';
import { isCurrent, remember } from './stamp.mjs';
import { StepFailed } from './step-failed.mjs';

/** What `mlx-engine info` says of the sidecar's environment. */
export async function runtimeEnvironment() {
  const { code, output } = await capture(pinnedNode, [engineCli, 'info', '--json']);
  if (code !== 0) throw new StepFailed('The Python environment is not set up: see the line above.');
  return JSON.parse(output);
}

/**
 * A virtual environment with what a requirements file pins, made anew only
 * where the file or the interpreter changed. `finish` completes a new one.
 * Resolves with its interpreter.
 */
export async function pythonEnvironment({ name, requirements, runtime, finish }) {
  const folder = join(stampFolder, name);
  const python = join(folder, 'bin', 'python');
  const fingerprint = `${hashContents([requirements])} ${runtime.root}`;
  if (existsSync(python) && isCurrent(`${name}-made`, fingerprint)) return python;
  await create(folder, python, requirements, runtime);
  await finish?.(python);
  remember(`${name}-made`, fingerprint);
  return python;
}

async function create(folder, python, requirements, runtime) {
  rmSync(folder, { recursive: true, force: true });
  const pinned = ['--no-deps', '--require-hashes', '-r', requirements];
  const hasUv = (await capture('uv', ['--version'])).code === 0;
  const commands = hasUv
    ? [
        ['uv', 'venv', '--quiet', '--no-project', '--python', runtime.python, folder],
        ['uv', 'pip', 'install', '--quiet', '--python', python, ...pinned],
      ]
    : [
        [runtime.python, '-m', 'venv', folder],
        [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...pinned],
      ];
  for (const [command, ...args] of commands) {
    if ((await run(command, args)) === 0) continue;
    throw new StepFailed(`What ${requirements} lists could not be installed: see the lines above.`);
  }
}
