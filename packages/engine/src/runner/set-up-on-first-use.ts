import { resolvePythonEnvironment } from '../setup/python-environment.js';
import { setupPythonEnvironment } from '../setup/setup-python-environment.js';
import type { LocateOptions } from './runner.js';
import { tellAsFetching } from './tell-as-fetching.js';

/** Builds the Python environment where there is none; one that is there is taken as it is. */
export async function setUpOnFirstUse({
  signal,
  onProgress,
  vision = false,
}: Pick<LocateOptions, 'signal' | 'onProgress' | 'vision'>): Promise<void> {
  if (isSetUp(vision)) return;
  await setupPythonEnvironment({
    signal,
    vision,
    onProgress: tellAsFetching(onProgress),
  });
}

function isSetUp(vision: boolean): boolean {
  try {
    const { seesImages } = resolvePythonEnvironment();
    return seesImages || !vision;
  } catch {
    return false;
  }
}
