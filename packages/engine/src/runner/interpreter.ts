import type { RuntimeConfig } from '@mlx/schemas/config';
import { detectBackend } from '../setup/backend.js';
import { setupContext } from '../setup/context.js';
import { resolvePythonEnvironment } from '../setup/python-environment.js';
import { sidecarVariables } from '../setup/sidecar-variables.js';

export interface Interpreter {
  readonly command: string;
  /** Variables to add to this process's own. */
  readonly env: Readonly<Record<string, string>>;
}

/** The Python to start sidecars with: the configured one, else that of the environment `mlx-engine setup` made. */
export function findInterpreter({
  python_path,
  runtime_path,
}: RuntimeConfig['python_runtime']): Interpreter {
  const { command, env } = python_path === '' ? fromSetup() : given(python_path);
  return { command, env: runtime_path === '' ? env : { ...env, PYTHONPATH: runtime_path } };
}

function fromSetup(): Interpreter {
  const { python, env } = resolvePythonEnvironment();
  return { command: python, env };
}

/** What its environment holds is its owner's business; it is only told where the runtime is. */
function given(command: string): Interpreter {
  const context = setupContext();
  return { command, env: sidecarVariables(context, detectBackend(context.variables), undefined) };
}
