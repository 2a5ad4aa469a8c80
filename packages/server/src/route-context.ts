import type { RemoteImages } from './images/remote-images.js';
import type { ServedModels } from './models/served-models.js';
import type { ResolvedOptions } from './options.js';
import type { ServingEngine } from './serving-engine.js';
import type { WorkTracker } from './work-tracker.js';

/** What the routes share. */
export interface RouteContext {
  readonly engine: ServingEngine;
  readonly models: ServedModels;
  readonly options: ResolvedOptions;
  readonly work: WorkTracker;
  readonly images: RemoteImages;
}
