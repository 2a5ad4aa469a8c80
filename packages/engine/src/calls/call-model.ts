import type { LoadedModel, ModelRegistry } from '../models/model-registry.js';
import type { EngineSettings } from '../settings.js';
import { CallScope } from '../support/call-scope.js';
import { parseCallOptions } from '../support/call-options.js';
import { toEngineError } from '../support/errors.js';

/** What a call on a loaded model needs of an engine. */
export interface ModelServices {
  readonly models: Pick<ModelRegistry, 'loaded'>;
  readonly settings: Pick<EngineSettings, 'callTimeoutMs'>;
}

/**
 * Runs a call that is not a generation on a loaded model, bounded by its options and by the model's life.
 * @param defaultTimeoutMs the longest time of a call that does not bring its own limit
 */
export async function callModel<T>(
  { models, settings }: ModelServices,
  modelId: string,
  callOptions: unknown,
  run: (process: LoadedModel['process'], signal: AbortSignal) => Promise<T>,
  defaultTimeoutMs = settings.callTimeoutMs,
): Promise<T> {
  const { signal, timeoutMs = defaultTimeoutMs } = parseCallOptions(callOptions);
  const model = models.loaded(modelId);
  const scope = new CallScope({ signal, timeoutMs });
  const release = model.hold(scope);
  try {
    scope.signal.throwIfAborted();
    return await run(model.process, scope.signal);
  } catch (thrown) {
    throw scope.abortedBy ?? toEngineError(thrown);
  } finally {
    release();
    scope[Symbol.dispose]();
  }
}
