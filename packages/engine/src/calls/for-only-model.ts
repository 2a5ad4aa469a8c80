import type { ModelRegistry } from '../models/model-registry.js';

interface Models {
  readonly models: Pick<ModelRegistry, 'only'>;
}

/** What was given without a model is for the one that is loaded, under `name` beside it. */
export const forOnlyModel = ({ models }: Models, name: string, given: unknown) => ({
  model: models.only().id,
  [name]: given,
});
