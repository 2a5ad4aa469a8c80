import { setupContext, type SetupOptions } from '../context.js';
import { chooseInstaller } from '../install/installer.js';
import { findPython } from './find-python.js';
import type { PythonInterpreter } from './probe.js';

/** The interpreter that a set-up would use now; throws an error that says why there is none. */
export function suitablePython(options: SetupOptions = {}): Promise<PythonInterpreter> {
  const context = setupContext(options);
  return findPython(context, chooseInstaller(context.variables).name === 'pip');
}
