import { randomUUID } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { SetupContext } from '../context.js';
import { ifUnlocked } from '../process/file-lock.js';
import { forgetName } from './forget-name.js';
import { keptModels, type KeptModel } from './kept-models.js';

export type StorePolicy = 'fifo' | 'lfu' | 'lru';

/** How much is kept. */
export interface StoreLimits {
  readonly maxBytes: number;
  /** Without use. */
  readonly maxAgeDays: number;
  readonly policy: StorePolicy;
}

/** What each policy lets go of first: the smallest value. */
const rank: Record<StorePolicy, (model: KeptModel) => number> = {
  fifo: (model) => model.fetchedAt,
  lfu: (model) => model.useCount,
  lru: (model) => model.lastUsedAt,
};

const dayMs = 24 * 60 * 60 * 1000;
const trash = '.trash-';

/**
 * Removes models beyond the limits, but none that a process holds nor the one
 * in `except`. Resolves with the ids of those that went.
 */
export async function trimStore(
  limits: StoreLimits,
  python: () => string,
  context: SetupContext,
  except?: string,
): Promise<string[]> {
  await emptyTrash(context);
  const models = await keptModels(context);
  const oldest = Date.now() - limits.maxAgeDays * dayMs;
  let bytes = models.reduce((total, model) => total + model.bytes, 0);
  const removed: string[] = [];
  for (const model of inOrder(models, limits.policy, oldest)) {
    const surplus = model.lastUsedAt < oldest || bytes > limits.maxBytes;
    if (context.signal?.aborted || !surplus) break;
    if (model.directory === except || !(await removeKept(model, python(), context))) continue;
    bytes -= model.bytes;
    removed.push(model.id);
  }
  return removed;
}

/** Those that are too old first, then as the policy says. */
function inOrder(models: readonly KeptModel[], policy: StorePolicy, oldest: number): KeptModel[] {
  const isFresh = ({ lastUsedAt }: KeptModel) => Number(lastUsedAt >= oldest);
  return models.toSorted(
    (left, right) => isFresh(left) - isFresh(right) || rank[policy](left) - rank[policy](right),
  );
}

/** Gone by one rename, under the lock that users share, and with it what tells of its uses. */
export async function removeKept(
  model: KeptModel,
  python: string,
  context: SetupContext,
): Promise<boolean> {
  const removed = await ifUnlocked(model.uses, python, context, async () => {
    const name = basename(model.directory);
    const discarded = join(context.modelsFolder, `${trash}${name}-${randomUUID()}`);
    // Somebody else may have removed it since it was listed.
    if (existsSync(model.directory)) renameSync(model.directory, discarded);
    rmSync(model.uses, { force: true });
    await rm(discarded, { recursive: true, force: true });
  });
  if (removed) await forgetName(basename(model.directory), python, context);
  return removed;
}

/** What is left where a process ended while it removed a model. */
async function emptyTrash({ modelsFolder }: SetupContext): Promise<void> {
  const names = await readdir(modelsFolder).catch(() => []);
  const discarded = names.filter((name) => name.startsWith(trash));
  await Promise.all(
    discarded.map((name) => rm(join(modelsFolder, name), { recursive: true, force: true })),
  );
}
