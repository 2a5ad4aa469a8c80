import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { nameOfDirectory } from '@mlx/engine/setup';
import { EngineClientError } from '@mlx/schemas';
import type { ModelDescriptor } from '@mlx/schemas';

/**
 * What `--model` names: a directory, or a model of Hugging Face; behind `name=`
 * where clients are to know it by another name. A directory is served under its
 * own name, so that clients never see a path.
 */
export function toDescriptor(model: string): ModelDescriptor {
  if (isDirectory(model)) return localModel(nameOfDirectory(resolve(model)), model);
  const [, name, source] = /^([^=]+)=(.+)$/.exec(model) ?? [];
  if (name === undefined || source === undefined) return { id: model, path: model };
  return isDirectory(source) ? localModel(name, source) : { id: name, path: source };
}

/** Refuses two models of one name. */
export function requireDifferentNames(models: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const model of models) {
    const { id, path } = toDescriptor(model);
    const other = seen.get(id);
    if (other !== undefined && other !== path) {
      throw new EngineClientError(
        'InvalidParams',
        `${other} and ${path} would both be served as '${id}'. Name one: --model ${id}-2=${path}`,
      );
    }
    seen.set(id, path);
  }
}

const localModel = (id: string, path: string): ModelDescriptor => ({
  id,
  path: resolve(path),
  source: 'local',
});

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
