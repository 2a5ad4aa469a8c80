import type { LoadProgress } from '../runner/runner.js';
import { abortable } from '../support/abortable.js';
import { modelNotLoaded } from '../support/errors.js';
import type { SharedTask } from '../support/shared-task.js';
import type { LoadedModel } from './loaded-model.js';
import type { ManagedModel } from './managed-model.js';

/** A model and the load that brings it up. */
export interface ModelEntry {
  readonly model: ManagedModel;
  readonly load: SharedTask<void>;
  readonly progressListeners: Set<(progress: LoadProgress) => void>;
}

/** Waits for the load; it ends when the last who waits gives up. */
export async function join(
  { model, load, progressListeners }: ModelEntry,
  signal: AbortSignal,
  onProgress: ((progress: LoadProgress) => void) | undefined,
): Promise<LoadedModel> {
  if (onProgress) progressListeners.add(onProgress);
  try {
    await load.join(signal);
  } finally {
    if (onProgress) progressListeners.delete(onProgress);
  }
  if (model.activeCalls === 0) model.keepAlive.unused();
  return model as LoadedModel;
}

/** Waits for a process that is being replaced; one that was given up gets a fresh start. */
export async function comeBack({ id, process }: LoadedModel, signal: AbortSignal): Promise<void> {
  if (process.state === 'ready') return;
  try {
    const back = process.state === 'failed' ? process.reset() : process.ready(signal);
    await abortable<unknown>(back, signal);
  } catch (thrown) {
    throw process.state === 'stopped' ? modelNotLoaded(id, []) : thrown;
  }
}
