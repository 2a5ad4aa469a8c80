import { createHash } from 'node:crypto';
import { FLEET_PROTOCOL_VERSION, type Announcement, type AnnouncedModel } from '@mlx/schemas/fleet';
import { WIRE_PROTOCOL_VERSION, WireBatchingSchema } from '@mlx/schemas/wire';
import type { ManagedModel } from '../../models/managed-model.js';
import type { ModelRegistry } from '../../models/model-registry.js';
import type { EngineSettings } from '../../settings.js';
import { version } from '../../version.js';

interface Announced {
  readonly worker: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly draining: boolean;
  readonly storedModels: readonly string[];
  readonly models: Pick<ModelRegistry, 'models' | 'room'>;
  readonly settings: EngineSettings;
}

/** What announcements may hold, as their schema says. */
const MAX_STORED = 1000;
const LONGEST_NAME = 256;

/** What a worker says of itself at this moment. */
export function toAnnouncement(announced: Announced): Announcement {
  const { worker, name, labels, draining, storedModels, models, settings } = announced;
  const { memoryBudgetBytes } = settings;
  return {
    protocol: FLEET_PROTOCOL_VERSION,
    wire: WIRE_PROTOCOL_VERSION,
    worker,
    name,
    version,
    draining,
    // JSON has no infinity.
    memoryBudgetBytes: Math.min(memoryBudgetBytes, Number.MAX_SAFE_INTEGER),
    models: models.models.map((model) => toAnnounced(model, models, settings)),
    storedModels: storedModels.filter(isNameable).slice(0, MAX_STORED),
    labels: { ...labels },
  };
}

function toAnnounced(
  model: ManagedModel,
  { room }: Pick<ModelRegistry, 'room'>,
  settings: EngineSettings,
): AnnouncedModel {
  const { id, plan, state, activeCalls, facts } = model;
  const batching = WireBatchingSchema.parse({ ...settings.batching, ...plan.batching });
  return {
    id,
    ready: state === 'ready',
    fingerprint: facts === undefined ? '' : fingerprintOf(facts),
    slots: facts?.loaded.capabilities.batching === false ? 1 : batching.maxBatchSize,
    requests: activeCalls,
    memoryBytes: room.bytesOf(model) ?? 0,
    prefixCacheBytes: batching.promptCacheBytes,
  };
}

const isNameable = (name: string) => name.length <= LONGEST_NAME;

const fingerprints = new WeakMap<object, string>();

/** Equal where weights, their form and what computes with them are. */
function fingerprintOf(facts: NonNullable<ManagedModel['facts']>): string {
  const known = fingerprints.get(facts);
  if (known !== undefined) return known;
  const { loaded, runtime } = facts;
  const { architecture, vocabSize, parameterCount, weightBytes, capabilities } = loaded;
  const { mlxVersion, mlxLmVersion, runtimeVersion, device } = runtime;
  const { weights, kvBits } = capabilities;
  const what = [architecture, vocabSize, parameterCount, weightBytes, weights, kvBits];
  const how = [mlxVersion, mlxLmVersion, runtimeVersion, device.kind];
  const digest = createHash('sha256')
    .update(JSON.stringify([what, how]))
    .digest('hex');
  const fingerprint = digest.slice(0, 16);
  fingerprints.set(facts, fingerprint);
  return fingerprint;
}
