import { EngineClientError } from '@mlx/schemas';
import type { RuntimeConfig } from '@mlx/schemas/config';
import { AdaptiveLimit } from './admission/adaptive-limit.js';
import { Admission } from './admission/admission.js';
import type { EngineOptions } from './engine-options.js';
import type { EngineEmitter } from './events/engine-emitter.js';
import { RuntimeStatusTracker } from './events/runtime-status.js';
import { ActiveRuns } from './generation/active-runs.js';
import { ToolMismatches } from './generation/tool-mismatches.js';
import { ModelRegistry } from './models/model-registry.js';
import type { Runner } from './runner/runner.js';
import { asGateway, toSettings, type EngineSettings } from './settings.js';
import { StatsBaseline } from './stats/stats-baseline.js';

/** The parts of one engine. Each call names the few that it needs. */
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

const ofEngines = new WeakMap<object, EngineServices>();

/** The parts of an engine, for what works beneath its facade. */
export function servicesOf(engine: object): EngineServices {
  const services = ofEngines.get(engine);
  if (services !== undefined) return services;
  throw new EngineClientError('InvalidParams', 'Not an engine that createEngine() made');
}

/** Lets `servicesOf` find them. */
export function shareServices(engine: object, services: EngineServices): void {
  ofEngines.set(engine, services);
}

/** Builds the parts and shows them to each other. */
export function createServices(
  config: RuntimeConfig,
  runner: Runner,
  events: EngineEmitter,
  onLog: EngineOptions['onLog'],
): EngineServices {
  const settings = runner.remote ? asGateway(toSettings(config)) : toSettings(config);
  const status = new RuntimeStatusTracker(events);
  const limit = new AdaptiveLimit(settings.adaptiveLimits, settings.maxActiveStreams);
  return {
    settings,
    runner,
    events,
    status,
    models: new ModelRegistry({ runner, settings, events, status, onLog }),
    admission: new Admission(limit),
    runs: new ActiveRuns(),
    mismatches: new ToolMismatches(events),
    statsBaseline: new StatsBaseline(),
  };
}
