import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  resolvePythonEnvironment,
  suitablePython,
  type PythonEnvironment,
} from '@mlx/engine/setup';

const run = promisify(execFile);
const TIMEOUT_MS = 30_000;
const IMPORTS =
  'import mlx.core, mlx_runtime; print(mlx.core.__version__, mlx.core.default_device())';

/** The environment that was set up; where there is none, says first what a set-up would lack. */
export async function requireEnvironment(): Promise<PythonEnvironment> {
  try {
    return resolvePythonEnvironment();
  } catch (cause) {
    await suitablePython();
    throw new Error(
      'The Python environment for MLX is not set up. Serving sets it up, or run `mlx-serve setup`.',
      { cause },
    );
  }
}

/** Imports what the sidecar imports; says which version and device there is. */
export async function importMlx({ python, env }: PythonEnvironment): Promise<string> {
  try {
    const { stdout } = await run(python, ['-c', IMPORTS], {
      env: { ...process.env, ...env },
      timeout: TIMEOUT_MS,
    });
    return stdout.trim();
  } catch (cause) {
    throw new Error(
      `Python cannot import MLX (${lastWords(cause)}). Run \`mlx-serve setup --force\`.`,
      { cause },
    );
  }
}

export function requireFastBlas({ fastBlas }: PythonEnvironment): string {
  if (fastBlas) return 'fast';
  throw new Error('MLX has only its slow BLAS. Run `mlx-serve setup` again with a network.');
}

/** The last line of a traceback is the error itself. */
function lastWords(cause: unknown): string {
  const { stderr, message } = cause as Error & { stderr?: string };
  return stderr?.trimEnd().split('\n').at(-1) || message;
}
