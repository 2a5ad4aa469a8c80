import { findExecutable } from '../process/find-executable.js';
import type { SetupContext } from '../context.js';
import { setupError } from '../errors.js';
import { probePython, type PythonInterpreter } from './probe.js';
import { unsuitability } from './unsuitability.js';

const names = ['python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3', 'python'];

const wayOut =
  process.platform === 'darwin'
    ? 'Install one with `brew install python@3.13`'
    : 'Install one with your package manager (Debian, Ubuntu: `apt install python3 python3-venv`)';

/** The first interpreter the sidecar can run on: MLX_PYTHON alone where set, else from PATH. */
export async function findPython(
  context: SetupContext,
  needsVenv: boolean,
): Promise<PythonInterpreter> {
  const wanted = context.variables['MLX_PYTHON'];
  context.onProgress({ step: 'python', message: 'Looking for Python' });
  const rejected: string[] = [];
  for (const name of wanted ? [wanted] : names) {
    const command = findExecutable(name, context.variables);
    if (!command) continue;
    const python = await probePython(command, context.variables, context.signal);
    const fault = python ? unsuitability(python, needsVenv) : 'does not answer';
    if (python && !fault) return python;
    rejected.push(`${command} ${fault}`);
  }
  throw wanted ? wantedPythonError(wanted, rejected) : noPythonError(rejected);
}

function wantedPythonError(wanted: string, rejected: readonly string[]) {
  const fault = rejected[0] ?? `${wanted} is not an executable file`;
  return setupError(
    'python-missing',
    `MLX_PYTHON cannot be used: ${fault}. Point it at a Python 3.10 or newer, or unset it`,
  );
}

function noPythonError(rejected: readonly string[]) {
  const found = rejected.length > 0 ? ` (${[...new Set(rejected)].join('; ')})` : '';
  return setupError(
    'python-missing',
    `No Python 3.10 or newer found${found}. ${wayOut}, or name one with MLX_PYTHON=/path/to/python`,
  );
}
