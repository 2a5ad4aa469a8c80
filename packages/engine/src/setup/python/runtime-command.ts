import { join } from 'node:path';
import type { SetupContext } from '../context.js';
import { environmentPython } from '../install/installer.js';
import type { Command } from '../process/run-command.js';
import { cleanVariables } from './clean-variables.js';

/** A command of `mlx_runtime.setup`, run by an environment's own Python. */
export function runtimeCommand(
  root: string,
  context: SetupContext,
  args: readonly string[],
): Command {
  return pythonCommand(environmentPython(root), context, args);
}

/** The same by any Python; for commands that need nothing but its library. */
export function pythonCommand(
  python: string,
  context: SetupContext,
  args: readonly string[],
): Command {
  return {
    command: python,
    args: ['-m', 'mlx_runtime.setup', ...args],
    variables: {
      ...cleanVariables(context.variables),
      PYTHONPATH: join(context.runtime, 'src'),
    },
  };
}
