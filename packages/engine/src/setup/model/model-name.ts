import { basename, dirname, resolve } from 'node:path';
import type { ModelDescriptor } from '@mlx/schemas';
import { expandHome } from '../expand-home.js';
import { isPath } from './model-reference.js';

/** `models--owner--name/snapshots/<commit>`, as Hugging Face's own cache lays models out. */
const SNAPSHOT = /^models--(?<owner>[^/]+?)--(?<name>[^/]+)$/;

/** A model by what it was called; one that is named by its path is called after its directory. */
export function toDescriptor(model: string): ModelDescriptor {
  const path = absolute(model);
  return { id: isPath(model) ? nameOfDirectory(path) : model, path };
}

/** A path as it is from everywhere; other names as they are. */
export function absolute(name: string): string {
  return isPath(name) ? resolve(expandHome(name)) : name;
}

/** What a directory is called: its own name, or the repository whose snapshot it holds. */
export function nameOfDirectory(path: string): string {
  const folder = dirname(path);
  const repository = SNAPSHOT.exec(basename(dirname(folder)))?.groups;
  if (basename(folder) !== 'snapshots' || repository === undefined) return basename(path) || path;
  return `${repository['owner']}/${repository['name']}`;
}
