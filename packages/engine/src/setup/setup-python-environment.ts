import { join } from 'node:path';
import { detectBackend } from './backend.js';
import { setupContext, throwIfCancelled, type SetupContext, type SetupOptions } from './context.js';
import { setupError } from './errors.js';
import { buildEnvironment } from './install/build-environment.js';
import { environmentFolder, environmentSpec } from './install/environment-spec.js';
import type { EnvironmentSpec } from './install/environment-spec.js';
import { readStamp, removeStamp } from './install/environment-stamp.js';
import { chooseInstaller } from './install/installer.js';
import { installVision } from './install/vision-packages.js';
import { withFileLock } from './process/file-lock.js';
import { runCommand } from './process/run-command.js';
import { findEnvironment, type PythonEnvironment } from './python-environment.js';
import { findPython } from './python/find-python.js';
import { runtimeCommand } from './python/runtime-command.js';

/**
 * Make sure the Python environment is there and works: found, healed or built.
 * Processes that call it at once wait for each other.
 */
export async function setupPythonEnvironment(
  options: SetupOptions = {},
): Promise<PythonEnvironment> {
  const context = setupContext(options);
  throwIfCancelled(context);
  const spec = environmentSpec(context, detectBackend(context.variables));
  const existing = findEnvironment(spec, context);
  const complete = existing && !context.force && (existing.seesImages || !context.vision);
  if (existing && complete && (await works(existing.root, context))) return existing;
  if (existing && complete) removeStamp(existing.root);
  // What was there before is there again.
  await build(spec, { ...context, vision: context.vision || existing?.seesImages === true });
  const built = findEnvironment(spec, context);
  if (built) return built;
  throw setupError('install-failed', `The environment vanished from ${context.home} while in use`);
}

async function build(spec: EnvironmentSpec, context: SetupContext): Promise<void> {
  const installer = chooseInstaller(context.variables);
  const python = await findPython(context, installer.name === 'pip');
  const root = join(context.home, 'python', environmentFolder(spec, python.version));
  await withFileLock(`${root}.lock`, python.executable, context, async (lock) => {
    const built = !context.force && readStamp(root)?.hash === spec.hash;
    if (!built || !(await works(root, context))) {
      await buildEnvironment(spec, python, root, installer, context, lock);
    }
    if (context.vision) await installVision(root, installer, context, lock);
  });
}

/** Imports what the sidecar imports; 0.2 s, and finds files that went missing. */
async function works(root: string, context: SetupContext): Promise<boolean> {
  const check = runtimeCommand(root, context, ['check']);
  const result = await runCommand(check, { signal: context.signal });
  return result.exitCode === 0;
}
