import type { ModelProcess } from '../runner/model-process.js';
import type { ManagedModel } from './managed-model.js';
import type { ModelFacts } from './model-facts.js';

/** A model that was loaded; its process may just be coming back after a crash. */
export type LoadedModel = ManagedModel & {
  readonly process: ModelProcess;
  readonly facts: ModelFacts;
};

/** A model that stays in memory until it is released. */
export interface HeldModel {
  readonly model: LoadedModel;
  readonly release: () => void;
}
