import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { invalidParameter } from '../support/errors.js';

/**
 * Whether a model came from the caller's own disk, not from the engine's cache.
 * @param requested what the caller asked for
 * @param located the directory it was found in
 */
export async function isLocal(requested: string, located: string): Promise<boolean> {
  const local = await realpathOf(resolve(requested));
  return local !== undefined && local === (await realpathOf(located));
}

/** Refuses a directory whose real path, links resolved, lies outside all of `directories`; none given allows any. */
export async function requireTrusted(path: string, directories: readonly string[]): Promise<void> {
  if (directories.length === 0) return;
  const target = await realpath(path);
  const roots = await Promise.all(directories.map(realpathOf));
  if (roots.some((root) => root !== undefined && isInside(root, target))) return;
  throw invalidParameter(
    'model',
    'The model lies outside the directories of model.trusted_model_directories',
  );
}

const realpathOf = (path: string) => realpath(path).catch(() => undefined);

function isInside(root: string, target: string): boolean {
  const path = relative(root, target);
  return path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}
