import { EngineClientError, isEngineClientError } from '@mlx/schemas';
import { nearestName } from '../../support/nearest-name.js';
import type { SetupOptions } from '../context.js';
import { keptName, listModels } from './list-models.js';
import { parseModelReference, type ModelReference } from './model-reference.js';

type StoreOptions = Pick<SetupOptions, 'variables' | 'modelsFolder'>;

/** ' Did you mean …?' with the kept model that a name may mean; empty where none is near. */
export function meantHint(name: string, options: StoreOptions = {}): string {
  const names = listModels(options).map(keptName);
  const wanted = name.toLowerCase();
  // People leave the owner out, and what comes behind the family.
  const meant =
    names.find((kept) => bare(kept) === wanted) ??
    nearestName(names, name) ??
    names.find((kept) => wanted !== '' && bare(kept).startsWith(wanted));
  return meant === undefined ? '' : ` Did you mean ${meant}?`;
}

/** Reads an id or path; what is neither is refused with the kept model that it may mean. */
export function readModelReference(name: string, options: StoreOptions = {}): ModelReference {
  try {
    return parseModelReference(name);
  } catch (error) {
    const hint = meantHint(name, options);
    if (!isEngineClientError(error) || hint === '') throw error;
    const { code, message, details } = error;
    throw new EngineClientError(code, `${message}.${hint}`, { cause: error, details });
  }
}

const bare = (id: string): string => id.slice(id.indexOf('/') + 1).toLowerCase();
