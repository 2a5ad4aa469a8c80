import type { ModelHandle } from '@mlx/schemas';
import { NonEmptyString } from '@mlx/schemas/common';
import * as z from 'zod';
import type { ModelRegistry } from '../models/model-registry.js';
import { CallScope } from '../support/call-scope.js';
import { toEngineError } from '../support/errors.js';
import { validate } from '../support/validate.js';
import { LoadCallOptionsSchema } from './load-model.js';

const AcquireOptionsSchema = LoadCallOptionsSchema.extend({
  /** Give a model that was left down after crashes a fresh start. */
  restart: z.boolean().optional(),
});
export type AcquireOptions = z.infer<typeof AcquireOptionsSchema>;

/** A model that stays in memory until it is released. */
export interface ModelLease extends Disposable {
  readonly handle: ModelHandle;
  /** How long it had to be waited for, in milliseconds. */
  readonly loadMs: number;
  release(): void;
}

/** `acquireModel`: the options bound the wait; a load that was begun goes on without its caller. */
export async function acquireModel(
  { models }: { readonly models: Pick<ModelRegistry, 'acquire' | 'isLoaded'> },
  model: unknown,
  callOptions: unknown,
): Promise<ModelLease> {
  const id = validate(NonEmptyString, model);
  const { onProgress, signal, timeoutMs, restart, ...keep } = validate(
    AcquireOptionsSchema,
    callOptions ?? {},
  );
  const scope = new CallScope({ signal, timeoutMs });
  const startedAt = performance.now();
  const wasLoaded = models.isLoaded(id);
  try {
    scope.signal.throwIfAborted();
    const request = { onProgress, keep, restart };
    const { model: held, release } = await models.acquire(id, scope, request);
    const loadMs = wasLoaded ? 0 : performance.now() - startedAt;
    return { handle: held.handle, loadMs, release, [Symbol.dispose]: release };
  } catch (thrown) {
    throw scope.abortedBy ?? toEngineError(thrown);
  } finally {
    scope[Symbol.dispose]();
  }
}
