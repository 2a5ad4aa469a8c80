import type { ModelHandle } from '@mlx/schemas';
import type { EngineServices } from './engine-services.js';
import { loadDraft } from './load-draft.js';
import { CallScope } from '../support/call-scope.js';
import { toEngineError } from '../support/errors.js';
import { validate } from '../support/validate.js';
import { planLoad } from '../models/load-plan.js';
import { LoadCallOptionsSchema } from './load-call-options.js';

/** `loadModel`: the load goes on for as long as one of its callers wants it. */
export async function loadCall(
  services: EngineServices,
  input: unknown,
  callOptions: unknown,
): Promise<ModelHandle> {
  if (wantsDraft(input)) return loadDraft(services, input, callOptions);
  const plan = planLoad(input);
  const { onProgress, ...limits } = validate(LoadCallOptionsSchema, callOptions ?? {});
  const scope = new CallScope(limits);
  try {
    return await services.models.load(plan, { signal: scope.signal, onProgress });
  } catch (thrown) {
    throw scope.abortedBy ?? toEngineError(thrown);
  } finally {
    scope[Symbol.dispose]();
  }
}

const wantsDraft = (input: unknown) =>
  typeof input === 'object' && input !== null && 'draft' in input && input.draft === true;
