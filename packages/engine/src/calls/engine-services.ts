import type { Admission } from '../admission/admission.js';
import type { EngineEmitter } from '../events/engine-emitter.js';
import type { RuntimeStatusTracker } from '../events/runtime-status.js';
import type { ActiveRuns } from '../generation/active-runs.js';
import type { ToolMismatches } from '../generation/tool-mismatches.js';
import type { StatsBaseline } from '../stats/stats-baseline.js';
import type { ModelRegistry } from '../models/model-registry.js';
import type { Runner } from '../runner/runner.js';
import type { EngineSettings } from '../settings.js';

/** What the engine's methods share; one set per engine. */
export interface EngineServices {
  readonly settings: EngineSettings;
  readonly runner: Runner;
  readonly events: EngineEmitter;
  readonly status: RuntimeStatusTracker;
  readonly models: ModelRegistry;
  readonly admission: Admission;
  readonly runs: ActiveRuns;
  readonly mismatches: ToolMismatches;
  readonly statsBaseline: StatsBaseline;
}
