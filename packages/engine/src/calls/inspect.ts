import type { ConnectionCounters, SupervisorStats } from '@mlx/bridge';
import type { ModelHandle } from '@mlx/schemas';
import { NonEmptyString } from '@mlx/schemas/common';
import { imageLimits } from '@mlx/schemas/vision';
import type { WireResult } from '@mlx/schemas/wire';
import { splitAdapter } from '../adapters/choose-adapter.js';
import { allowedDefaults } from '../generation/to-wire.js';
import type { RequestCounters } from '../models/request-counters.js';
import type { Admission } from '../admission/admission.js';
import type { RuntimeStatusTracker, RuntimeStatus } from '../events/runtime-status.js';
import type { ModelRegistry } from '../models/model-registry.js';
import type { EngineSettings } from '../settings.js';
import { validate } from '../support/validate.js';
import { version } from '../version.js';

export interface ModelCapabilities extends Omit<WireCapabilities, 'grammars' | 'blindness'> {
  readonly model: string;
  /** Most tokens that prompt and answer may have together. */
  readonly contextLength: number;
  /** Most tokens and highest temperature that a request may name. */
  readonly maxTokens: number;
  readonly maxTemperature: number;
  readonly structuredOutput: boolean;
  /** What images it takes; null: it reads text only. */
  readonly vision: typeof imageLimits | null;
  /** Why it sees no images. */
  readonly blindness?: string | undefined;
  /** True: another model can draft for it (`loadDraftModel`). */
  readonly draftModels: boolean;
}
type WireCapabilities = WireResult<'load'>['capabilities'];

/** The process that holds a model: versions, device, process id. */
export interface ModelRuntime
  extends Omit<WireResult<'initialize'>, 'protocolVersion'>, Readonly<RequestCounters> {
  readonly model: string;
  readonly restarts: number;
  /** Why its processes were replaced; every reason has its number. */
  readonly restartReasons: SupervisorStats['restartReasons'];
  /** Ends that nobody asked for, by reason. */
  readonly crashes: SupervisorStats['crashes'];
  /** A process was started to take over, so that a crash costs little more than the load of the model. */
  readonly spare: boolean;
  /** What the processes sent that made no sense or came too late, by kind. */
  readonly droppedFrames: DroppedFrames;
  /** Of the breaker that guards idempotent calls. */
  readonly circuit: SupervisorStats['circuit'];
}

export type DroppedFrames = Pick<ConnectionCounters, (typeof dropped)[number]>;

const dropped = [
  'malformedFrames',
  'invalidUtf8Lines',
  'oversizedLines',
  'unknownReplies',
  'duplicateReplies',
  'lateReplies',
  'unknownRows',
  'lateRows',
] as const satisfies readonly (keyof ConnectionCounters)[];

export interface RuntimeInfo {
  readonly engineVersion: string;
  readonly status: RuntimeStatus;
  readonly models: readonly ModelRuntime[];
}

export interface HealthReport {
  /** False when a model failed, or none is ready and none would be loaded for a request. */
  readonly healthy: boolean;
  readonly status: RuntimeStatus;
  readonly models: readonly { readonly id: string; readonly state: ModelHandle['state'] }[];
  readonly activeStreams: number;
}

interface RuntimeServices {
  readonly models: Pick<ModelRegistry, 'models'>;
  readonly status: RuntimeStatusTracker;
}

interface HealthServices extends RuntimeServices {
  readonly models: Pick<ModelRegistry, 'models' | 'knownModels' | 'names'>;
  readonly admission: Admission;
}

export function healthCheck({ models, status, admission }: HealthServices): HealthReport {
  return {
    healthy: status.status === 'ready' || isResting(models),
    status: status.status,
    models: models.models.map(({ id, state }) => ({ id, state })),
    activeStreams: admission.active,
  };
}

/** None is in memory but those that requests have just begun to load. */
function isResting({ models, knownModels }: HealthServices['models']): boolean {
  return knownModels.size > 0 && models.every(({ facts }) => facts === undefined);
}

export function runtimeInfo({ models, status }: RuntimeServices): RuntimeInfo {
  return {
    engineVersion: version,
    status: status.status,
    models: models.models.flatMap(({ id, facts, process, counters }) => {
      if (facts === undefined || process === undefined) return [];
      const { protocolVersion: _, ...runtime } = facts.runtime;
      const { restarts, restartReasons, crashes, spare, circuit, connections } = process.stats();
      const droppedFrames = pick(connections, dropped);
      const { slowConsumers } = counters;
      const recoveries = { ...counters.recoveries };
      return {
        model: id,
        ...runtime,
        restarts,
        restartReasons,
        crashes,
        spare,
        circuit,
        droppedFrames,
        recoveries,
        slowConsumers,
      };
    }),
  };
}

function pick<Key extends string>(
  counters: Record<Key, number>,
  keys: readonly Key[],
): Record<Key, number> {
  return Object.fromEntries(keys.map((key) => [key, counters[key]])) as Record<Key, number>;
}

interface CapabilityServices {
  readonly models: Pick<ModelRegistry, 'loaded' | 'models' | 'knownModels' | 'names'>;
  readonly settings: EngineSettings;
}

/** What requests to a model may ask for; the rest is refused with InvalidParams. */
export function capabilities(
  { models, settings }: CapabilityServices,
  id: unknown,
): ModelCapabilities {
  const { model } = splitAdapter({ models }, validate(NonEmptyString, id));
  const { facts, handle, blindness } = models.loaded(model);
  const { grammars, ...known } = facts.loaded.capabilities;
  return {
    ...known,
    samplingDefaults: allowedDefaults(known.samplingDefaults, settings),
    model: handle.descriptor.id,
    contextLength: handle.contextLength,
    maxTokens: settings.maxTokens,
    maxTemperature: settings.maxTemperature,
    structuredOutput: grammars,
    vision: blindness === undefined ? imageLimits : null,
    blindness,
    draftModels: known.speculation,
  };
}
