import { join } from 'node:path';
import type { SetupContext } from '../context.js';
import { DEFAULT_MODEL_ID, defaultModelRevision } from './default-model.js';

/** A model of the hub at one revision, and where it lives. */
export interface StoredModel {
  readonly id: string;
  readonly revision: string | undefined;
  /** Complete where it exists: it appears by one rename. */
  readonly directory: string;
  /** Where a download grows, and resumes after an interruption. */
  readonly partial: string;
  readonly lock: string;
}

/** The default model is pinned; other ids follow their main branch unless told. */
export function storedModel(
  id: string,
  revision: string | undefined,
  { home }: SetupContext,
): StoredModel {
  const pinned = revision ?? (id === DEFAULT_MODEL_ID ? defaultModelRevision : undefined);
  const name = id.replace('/', '--') + (revision ? `@${revision}` : '');
  const folder = join(home, 'models');
  return {
    id,
    revision: pinned,
    directory: join(folder, name),
    partial: join(folder, `.partial-${name}`),
    lock: join(folder, `.lock-${name}`),
  };
}
