import type { ModelHandle } from '@mlx/schemas';
import * as z from 'zod';
import { CallScope } from '../support/call-scope.js';
import { toEngineError } from '../support/errors.js';
import { validate } from '../support/validate.js';
import { KEEP_FOREVER } from '../models/keep-alive.js';
import { planLoad } from '../models/load-plan.js';
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

/** `loadModel`: the load goes on for as long as one of its callers wants it. */
export async function loadCall(
  { models }: { readonly models: Pick<ModelRegistry, 'load'> },
  input: unknown,
  callOptions: unknown,
): Promise<ModelHandle> {
  const plan = planLoad(input);
  const { onProgress, signal, timeoutMs, ...keep } = validate(
    LoadCallOptionsSchema,
    callOptions ?? {},
  );
  const scope = new CallScope({ signal, timeoutMs });
  try {
    const load = () => models.load(plan, { signal: scope.signal, onProgress, keep });
    return await tracedLoad(plan, load);
  } catch (thrown) {
    throw scope.abortedBy ?? toEngineError(thrown);
  } finally {
    scope[Symbol.dispose]();
  }
}
