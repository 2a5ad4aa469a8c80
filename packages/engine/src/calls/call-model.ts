import type { HeldModel, LoadedModel } from '../models/loaded-model.js';
import type { ModelRegistry } from '../models/model-registry.js';
import type { EngineSettings } from '../settings.js';
import { CallScope } from '../support/call-scope.js';
import { parseCallOptions } from '../support/call-options.js';
import { toEngineError } from '../support/errors.js';

/** What a call on a model needs of an engine. */
export interface ModelServices {
  readonly models: Pick<ModelRegistry, 'acquire' | 'isLoaded' | 'loaded'>;
  readonly settings: Pick<EngineSettings, 'callTimeoutMs'>;
}

type Run<T> = (process: LoadedModel['process'], signal: AbortSignal) => Promise<T>;

/**
 * Runs a call that is not a generation on a model, loaded first where that is allowed; bounded by
 * its options and by the model's life.
 * @param defaultTimeoutMs the longest time of a call that does not bring its own limit
 */
export function callModel<T>(
  { models, settings }: ModelServices,
  modelId: string,
  callOptions: unknown,
  run: Run<T>,
  defaultTimeoutMs = settings.callTimeoutMs,
): Promise<T> {
  const hold = (scope: CallScope) => models.acquire(modelId, scope);
  return callHeld(hold, callOptions, run, defaultTimeoutMs);
}

/** The same for a call that only looks at a loaded model, which is no use of it. */
export function watchModel<T>(
  {
    models,
    settings,
  }: { readonly models: Pick<ModelRegistry, 'loaded'> } & Pick<ModelServices, 'settings'>,
  modelId: string,
  callOptions: unknown,
  run: Run<T>,
): Promise<T> {
  const hold = async (scope: CallScope) => {
    const model = models.loaded(modelId);
    return { model, release: model.watch(scope) };
  };
  return callHeld(hold, callOptions, run, settings.callTimeoutMs);
}

async function callHeld<T>(
  hold: (scope: CallScope) => Promise<HeldModel>,
  callOptions: unknown,
  run: Run<T>,
  defaultTimeoutMs: number,
): Promise<T> {
  const { signal, timeoutMs = defaultTimeoutMs } = parseCallOptions(callOptions);
  const scope = new CallScope({ signal, timeoutMs });
  let held: HeldModel | undefined;
  try {
    scope.signal.throwIfAborted();
    held = await hold(scope);
    return await run(held.model.process, scope.signal);
  } catch (thrown) {
    throw scope.abortedBy ?? toEngineError(thrown);
  } finally {
    held?.release();
    scope[Symbol.dispose]();
  }
}
