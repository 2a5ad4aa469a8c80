import { join } from 'node:path';
import type { SetupContext } from '../context.js';
import { DEFAULT_MODEL_ID, defaultModelRevision } from './model-reference.js';

/** A model of the hub at one revision, and where it lives. */
export interface StoredModel {
  readonly id: string;
  readonly revision: string | undefined;
  /** Complete where it exists: it appears by one rename. */
  readonly directory: string;
  /** Where a download grows, and resumes after an interruption. */
  readonly partial: string;
  readonly lock: string;
  /** A byte for each use, and the lock of those who use it. */
  readonly uses: string;
}

/** The default model is pinned; other ids follow their main branch unless told. */
export function storedModel(
  id: string,
  revision: string | undefined,
  { modelsFolder }: SetupContext,
): StoredModel {
  const pinned = revision ?? (id === DEFAULT_MODEL_ID ? defaultModelRevision : undefined);
  const name = id.replace('/', '--') + (revision ? `@${revision}` : '');
  return {
    id,
    revision: pinned,
    directory: join(modelsFolder, name),
    partial: partialDirectory(modelsFolder, name),
    lock: lockFile(modelsFolder, name),
    uses: usesFile(modelsFolder, name),
  };
}

export const partialDirectory = (modelsFolder: string, name: string) =>
  join(modelsFolder, `.partial-${name}`);

export const lockFile = (modelsFolder: string, name: string) => join(modelsFolder, `.lock-${name}`);

export const usesFile = (modelsFolder: string, name: string) => join(modelsFolder, `.uses-${name}`);
