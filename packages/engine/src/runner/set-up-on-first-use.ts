import { resolvePythonEnvironment } from '../setup/python-environment.js';
import { setupPythonEnvironment } from '../setup/setup-python-environment.js';
import type { LocateOptions } from './runner.js';
import { tellAsFetching } from './tell-as-fetching.js';

/** Builds the Python environment where there is none; one that is there is taken as it is. */
export async function setUpOnFirstUse({
  signal,
  onProgress,
}: Pick<LocateOptions, 'signal' | 'onProgress'>): Promise<void> {
  if (isSetUp()) return;
  await setupPythonEnvironment({
    signal,
    onProgress: tellAsFetching(onProgress),
  });
}

function isSetUp(): boolean {
  try {
    resolvePythonEnvironment();
    return true;
  } catch {
    return false;
  }
}
