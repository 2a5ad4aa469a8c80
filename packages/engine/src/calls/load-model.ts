import type { ModelHandle } from '@mlx/schemas';
import * as z from 'zod';
import { CallScope } from '../support/call-scope.js';
import { toEngineError } from '../support/errors.js';
import { validate } from '../support/validate.js';
import { KEEP_FOREVER } from '../models/keep-alive.js';
import { planLoad, planVisionLoad, type LoadPlan } from '../models/load-plan.js';
import type { ModelRegistry } from '../models/model-registry.js';
import type { LoadProgress } from '../runner/runner.js';
import { CallOptionsSchema } from '../support/call-options.js';
import { tracedLoad } from './load-trace.js';

export const LoadCallOptionsSchema = CallOptionsSchema.extend({
  /** Told how far fetching and loading are. */
  onProgress: z
    .custom<(progress: LoadProgress) => void>((value) => typeof value === 'function', {
      error: 'Expected a function',
    })
    .optional(),
  /** How long the model stays without use, in milliseconds; -1: until others need its room. */
  keepAliveMs: z.int().min(KEEP_FOREVER).max(Number.MAX_SAFE_INTEGER).optional(),
  /** Never makes room for others. */
  pinned: z.boolean().optional(),
});
export type LoadCallOptions = z.infer<typeof LoadCallOptionsSchema>;

type LoadServices = { readonly models: Pick<ModelRegistry, 'load'> };

/** `loadModel`: the load goes on for as long as one of its callers wants it. */
export async function loadCall(
  services: LoadServices,
  input: unknown,
  callOptions: unknown,
): Promise<ModelHandle> {
  return load(services, planLoad(input), callOptions);
}

/** `loadVisionModel`: the same, and what reads images is installed where it is not yet. */
export async function loadVisionCall(
  services: LoadServices,
  input: unknown,
  callOptions: unknown,
): Promise<ModelHandle> {
  return load(services, planVisionLoad(input), callOptions);
}

async function load(
  { models }: LoadServices,
  plan: LoadPlan,
  callOptions: unknown,
): Promise<ModelHandle> {
  const { onProgress, signal, timeoutMs, ...keep } = validate(
    LoadCallOptionsSchema,
    callOptions ?? {},
  );
  const scope = new CallScope({ signal, timeoutMs });
  try {
    const begin = () => models.load(plan, { signal: scope.signal, onProgress, keep });
    return await tracedLoad(plan, begin);
  } catch (thrown) {
    throw scope.abortedBy ?? toEngineError(thrown);
  } finally {
    scope[Symbol.dispose]();
  }
}
