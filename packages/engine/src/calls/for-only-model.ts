import type { ModelRegistry } from '../models/model-registry.js';

export interface OnlyModel {
  readonly models: Pick<ModelRegistry, 'only'>;
}

/** What was given without a model is for the one that is loaded, under `name` beside it. */
export const forOnlyModel = ({ models }: OnlyModel, name: string, given: unknown) => ({
  model: models.only().id,
  [name]: given,
});
