import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { ModelDescriptor } from '@mlx/schemas';

/** A directory is served under its own name, so that clients never see a path. */
export function toDescriptor(model: string): ModelDescriptor {
  const path = resolve(model);
  const isDirectory = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return isDirectory ? { id: basename(path), path, source: 'local' } : { id: model, path: model };
}
