import { EngineClientError } from '@mlx/schemas';
import type { WireProgress, WireResult } from '@mlx/schemas/wire';
import type { EngineSettings } from '../settings.js';
import type { LoadProgress, ModelProcess, Runner } from '../runner/runner.js';
import { invalidParameter, toEngineError } from '../support/errors.js';
import type { LoadPlan } from './load-plan.js';
import { isLocal, requireTrusted } from './local-models.js';
import { weightsFor } from './weights.js';

/** A model that is ready, and the process that holds it. */
export interface LoadedModel {
  readonly path: string;
  readonly process: ModelProcess;
  readonly runtime: WireResult<'initialize'>;
  readonly loaded: WireResult<'load'>;
}

interface LoadOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: LoadProgress) => void;
}

/** Finds the files, starts a process for them and loads them there. Leaves nothing behind when it fails. */
export async function loadModel(
  plan: LoadPlan,
  runner: Runner,
  settings: EngineSettings,
  options: LoadOptions,
): Promise<LoadedModel> {
  const path = await locate(plan, runner, settings, options);
  const params = {
    modelId: plan.descriptor.id,
    path,
    weights: plan.quantization ? await weightsFor(plan.quantization, path) : plan.weights,
    batching: { ...settings.batching, ...plan.batching },
  };
  options.signal.throwIfAborted();
  const process = runner.createProcess();
  const onProgress = (progress: WireProgress) => {
    const { phase, done, total, unit } = progress;
    if (phase === 'load')
      options.onProgress({ phase, message: 'Loading weights', done, total, unit });
  };
  const onAbort = () => void process.stop();
  process.on('progress', onProgress);
  options.signal.addEventListener('abort', onAbort, { once: true });
  try {
    const runtime = await process.start();
    const loaded = await process.request('load', params, { signal: options.signal });
    return { path, process, runtime, loaded };
  } catch (thrown) {
    await process.stop();
    options.signal.throwIfAborted();
    throw loadError(plan.descriptor.id, thrown);
  } finally {
    options.signal.removeEventListener('abort', onAbort);
    process.off('progress', onProgress);
  }
}

async function locate(
  { descriptor, revision }: LoadPlan,
  runner: Runner,
  settings: EngineSettings,
  options: LoadOptions,
): Promise<string> {
  const path = await runner.locateModel(descriptor.path, { ...options, revision });
  if (await isLocal(descriptor.path, path)) {
    if (revision !== undefined)
      throw invalidParameter('revision', 'A local model has no revisions');
    await requireTrusted(path, settings.trustedModelDirectories);
  }
  return path;
}

/** A crash while loading is the model's failure; other errors already say what they are. */
function loadError(id: string, thrown: unknown): EngineClientError {
  const error = toEngineError(thrown);
  if (error.code !== 'SidecarCrashed') return error;
  return new EngineClientError('ModelLoadError', `Loading '${id}' failed: ${error.message}`, {
    cause: error,
    details: error.details,
  });
}
