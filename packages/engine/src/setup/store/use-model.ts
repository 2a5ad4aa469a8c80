import { appendFileSync } from 'node:fs';
import { isEngineClientError } from '@mlx/schemas';
import type { SetupContext } from '../context.js';
import type { StoredModel } from '../model/model-store.js';
import { shareFileLock } from '../process/file-lock.js';

/**
 * Keeps others from removing a stored model until the signal fires, also while
 * it is being fetched. In a folder that cannot be written to nothing is removed
 * either, so there is nothing to do.
 */
export async function holdModel(
  { uses }: StoredModel,
  until: AbortSignal,
  python: string,
  context: SetupContext,
): Promise<void> {
  if (until.aborted) return;
  const release = await shareFileLock(uses, python, context).catch((error: unknown) => {
    if (isUnwritable(error)) return () => {};
    throw error;
  });
  if (until.aborted) release();
  else until.addEventListener('abort', release, { once: true });
}

/**
 * One byte for each use: the file's size counts them and its time tells the
 * last, and processes that append at once don't get in each other's way.
 */
export function countUse({ uses }: StoredModel): void {
  try {
    appendFileSync(uses, '.');
  } catch {
    // A full disk or a folder of somebody else's is no reason not to use the model.
  }
}

function isUnwritable(error: unknown): boolean {
  if (!isEngineClientError(error)) return false;
  const { reason } = (error.details ?? {}) as { reason?: unknown };
  return reason === 'not-writable' || reason === 'disk-full';
}
