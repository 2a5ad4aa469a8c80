import type { ModelRegistry } from '../models/model-registry.js';
import { planLoad } from '../models/load-plan.js';
import { validate } from '../support/validate.js';
import { LoadCallOptionsSchema } from './load-model.js';

const RegisterOptionsSchema = LoadCallOptionsSchema.pick({ keepAliveMs: true, pinned: true });

/** `registerModel`: requests may name the model, and have it loaded, from now on. */
export function registerModel(
  { models }: { readonly models: Pick<ModelRegistry, 'knownModels' | 'names'> },
  input: unknown,
  options: unknown,
): void {
  const plan = models.names.named(planLoad(input));
  models.knownModels.register(plan, validate(RegisterOptionsSchema, options ?? {}));
}
