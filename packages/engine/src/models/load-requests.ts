import type { LoadProgress } from '../runner/runner.js';
import type { AdapterSource } from './adapter-shelf.js';
import type { AttachedDraft } from './draft-slot.js';
import type { KeepOptions } from './known-models.js';

export interface LoadOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  readonly keep?: KeepOptions;
}

export interface AcquireRequest extends Omit<LoadOptions, 'signal'> {
  /** Gives a model that was left down after crashes a fresh start. */
  readonly restart?: boolean | undefined;
}

export interface BeginOptions {
  readonly keep: KeepOptions;
  /** Waits for models that are in use, and goes on when its callers have left. */
  readonly onDemand: boolean;
  readonly draft?: AttachedDraft | undefined;
  /** Default: those of the plan. */
  readonly adapters?: readonly AdapterSource[] | undefined;
}
