import { EngineClientError } from '@mlx/schemas';
import type { WireParams, WireProgress } from '@mlx/schemas/wire';
import type { ModelLink, ModelProcess, OnProcessStart } from '../runner/model-process.js';
import type { LoadProgress, Runner } from '../runner/runner.js';
import type { EngineSettings } from '../settings.js';
import { invalidParameter, toEngineError } from '../support/errors.js';
import type { LoadPlan } from './load-plan.js';
import {
  loadAdapters,
  loadAdaptersAgain,
  locateAdapter,
  type LocatedAdapter,
} from './load-adapters.js';
import { locate } from './locate.js';
import type { ManagedModel } from './managed-model.js';
import { requireDtype } from './require-dtype.js';
import { weightsFor } from './weights.js';

export interface LoadContext {
  readonly runner: Runner;
  readonly settings: EngineSettings;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: LoadProgress) => void;
  /** Waits until there is room for the files of this directory. */
  readonly makeRoom: (path: string) => Promise<void>;
  /** The process was created and is about to be started. */
  readonly onProcess: (process: ModelProcess) => void;
  /** A new life of the process could not load the draft model again. */
  readonly onDraftLost: (draft: string, error: EngineClientError) => void;
  /** Nor an adapter. */
  readonly onAdapterLost: (adapter: string, error: EngineClientError) => void;
}

/**
 * Finds the files and brings up a process that has loaded them, and loads them
 * again in each of its later lives. Leaves nothing behind when it fails.
 */
export async function loadModel(model: ManagedModel, context: LoadContext): Promise<void> {
  const files = new AbortController();
  const releaseFiles = () => files.abort();
  model.onClose(releaseFiles);
  try {
    await loadHolding(files.signal, model, context);
  } catch (thrown) {
    releaseFiles();
    throw thrown;
  }
}

async function loadHolding(
  holdUntil: AbortSignal,
  model: ManagedModel,
  context: LoadContext,
): Promise<void> {
  const params = await toLoadParams(model.plan, context, holdUntil);
  const located = await locateAdapters(model, context);
  context.signal.throwIfAborted();
  await context.makeRoom(params.path);
  const onStart: OnProcessStart = async (sidecar, { signal }) => {
    const runtime = await sidecar.start();
    const isFirst = model.facts === undefined;
    const traits = model.facts?.loaded.traits;
    const loaded = await sidecar.request('load', { ...params, traits }, { signal });
    requireDtype(loaded.capabilities.weights, context.settings.dtype);
    model.facts = { path: params.path, runtime, loaded };
    await loadDraftAgain(model, sidecar, signal, context);
    if (isFirst) await loadAdapters(model, located, sidecar, signal);
    else await loadAdaptersAgain(model, sidecar, signal, context.onAdapterLost);
  };
  const process = context.runner.createProcess(onStart, params.path);
  model.runIn(process);
  context.onProcess(process);
  await start(process, model.id, context);
}

async function locateAdapters(
  model: ManagedModel,
  context: LoadContext,
): Promise<LocatedAdapter[]> {
  const located: LocatedAdapter[] = [];
  for (const source of model.adapters.wanted) {
    const adapter = await locateAdapter(source, context);
    model.onClose(adapter.release);
    located.push(adapter);
  }
  return located;
}

/** A process without its draft model is better than none. */
async function loadDraftAgain(
  { drafts }: ManagedModel,
  sidecar: ModelLink,
  signal: AbortSignal,
  { onDraftLost }: LoadContext,
): Promise<void> {
  const { draft } = drafts;
  if (draft === undefined) return;
  try {
    await sidecar.request('loadDraft', draft.params, { signal });
  } catch (thrown) {
    if (sidecar.state !== 'ready') throw thrown;
    drafts.detach();
    onDraftLost(draft.params.modelId, toEngineError(thrown));
  }
}

/** Weights are read; how long it takes to try the model out cannot be known. */
const PREPARING = 'Preparing the model';

async function start(process: ModelProcess, id: string, context: LoadContext): Promise<void> {
  const { signal } = context;
  const onProgress = ({ phase, done, total, unit }: WireProgress) => {
    if (phase !== 'load') return;
    context.onProgress({ phase, message: 'Loading weights', done, total, unit });
    if (done === total) context.onProgress({ phase, message: PREPARING, done: 0, total: 0, unit });
  };
  const onAbort = () => void process.stop({ force: true });
  process.on('progress', onProgress);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await process.start();
  } catch (thrown) {
    await process.stop();
    signal.throwIfAborted();
    throw loadError(id, thrown);
  } finally {
    process.off('progress', onProgress);
    signal.removeEventListener('abort', onAbort);
  }
}

async function toLoadParams(
  plan: LoadPlan,
  context: LoadContext,
  holdUntil: AbortSignal,
): Promise<WireParams<'load'>> {
  const { settings } = context;
  const path = await locate(plan, context, holdUntil);
  if (context.runner.remote && plan.quantization !== undefined) throw decidedElsewhere();
  return {
    modelId: plan.descriptor.id,
    path,
    weights: context.runner.remote ? plan.weights : await toWeights(plan, path, settings),
    batching: { ...settings.batching, ...plan.batching },
    promptStore: plan.promptStore,
    kvBits: settings.kvBits,
    parallel: settings.parallel,
    promptLookup: plan.promptLookup,
    vision: plan.vision,
  };
}

/** What the caller asked for; else what the configuration prefers, where `none` is no preference. */
async function toWeights(
  { quantization, weights }: LoadPlan,
  path: string,
  { defaultQuantization }: EngineSettings,
): Promise<WireParams<'load'>['weights']> {
  if (quantization !== undefined) return weightsFor(quantization, path);
  if (weights !== undefined || defaultQuantization === 'none') return weights;
  return weightsFor(defaultQuantization, path);
}

function decidedElsewhere(): EngineClientError {
  return invalidParameter(
    'quantization',
    'The workers of a fleet decide how they load a model; start them so',
  );
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
