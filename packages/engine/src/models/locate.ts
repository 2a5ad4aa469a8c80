import type { ModelDescriptor } from '@mlx/schemas';
import type { LoadProgress, Runner } from '../runner/runner.js';
import type { EngineSettings } from '../settings.js';
import { invalidParameter } from '../support/errors.js';
import { isLocal, requireTrusted } from './local-models.js';

interface Wanted {
  readonly kind?: 'model' | 'adapter';
  readonly descriptor: Pick<ModelDescriptor, 'path'> & Partial<ModelDescriptor>;
  readonly revision?: string;
  readonly vision?: boolean;
}

interface LocateContext {
  readonly runner: Runner;
  readonly settings: EngineSettings;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: LoadProgress) => void;
}

/** The directory of a model's files, fetched where they are not here; they stay until `holdUntil`. */
export async function locate(
  { kind, descriptor, revision, vision }: Wanted,
  { runner, settings, signal, onProgress }: LocateContext,
  holdUntil: AbortSignal,
): Promise<string> {
  const options = { kind, signal, holdUntil, onProgress, revision, vision };
  const path = await runner.locateModel(descriptor.path, options);
  if (await isLocal(descriptor.path, path)) {
    if (revision !== undefined) {
      throw invalidParameter('revision', 'A local model has no revisions');
    }
    await requireTrusted(path, settings.trustedModelDirectories);
  }
  return path;
}
