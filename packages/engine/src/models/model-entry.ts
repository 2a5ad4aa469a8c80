import type { LoadProgress } from '../runner/runner.js';
import { SharedTask } from '../support/shared-task.js';
import type { ManagedModel } from './managed-model.js';

/** A model and the load that brings it up. */
export interface ModelEntry {
  readonly model: ManagedModel;
  load: SharedTask<void>;
  readonly progressListeners: Set<(progress: LoadProgress) => void>;
}

/** Waits for the load; it ends when the last who waits gives up. */
export async function join(
  { model, load, progressListeners }: ModelEntry,
  signal: AbortSignal,
  onProgress: ((progress: LoadProgress) => void) | undefined,
): Promise<void> {
  if (onProgress) progressListeners.add(onProgress);
  try {
    await load.join(signal);
  } finally {
    if (onProgress) progressListeners.delete(onProgress);
  }
  if (model.activeCalls === 0) model.keepAlive.unused();
}

/** Waits for a process that is being replaced; one that was given up gets a fresh start. */
export function comeBack({ process }: ManagedModel): SharedTask<void> {
  return new SharedTask(async (signal) => {
    if (process?.state === 'failed') await process.reset();
    else await process?.ready(signal);
  });
}
