import { findPython } from '../../../src/setup/python/find-python.js';
import { setupContext } from '../../../src/setup/context.js';

/** The interpreter that set-up would use on this machine. */
export async function realPython(): Promise<string> {
  return (await findPython(setupContext(), false)).executable;
}
