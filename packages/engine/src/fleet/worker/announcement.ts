import {
  FLEET_PROTOCOL_VERSION,
  type AnnouncedAdapter,
  type AnnouncedModel,
  type Announcement,
  type StoredModel,
} from '@mlx/schemas/fleet';
import { WIRE_PROTOCOL_VERSION, WireBatchingSchema } from '@mlx/schemas/wire';
import type { ManagedModel } from '../../models/managed-model.js';
import type { ModelRegistry } from '../../models/model-registry.js';
import type { EngineSettings } from '../../settings.js';
import { KEEP_FOREVER } from '../../models/keep-alive.js';
import { version } from '../../version.js';
import { adapterFingerprint, fingerprintOf } from './fingerprints.js';

interface Announced {
  readonly worker: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly draining: boolean;
  readonly storedModels: readonly StoredModel[];
  readonly maxFrameBytes: number;
  readonly models: Pick<ModelRegistry, 'models' | 'room'>;
  readonly settings: EngineSettings;
}

/** What announcements may hold, as their schema says. */
const MAX_STORED = 1000;
const LONGEST_NAME = 256;

/** What a worker says of itself at this moment. */
export function toAnnouncement(announced: Announced): Announcement {
  const { worker, name, labels, draining, maxFrameBytes, models, settings } = announced;
  const { memoryBudgetBytes, maxLoadedModels: maxModels } = settings;
  return {
    protocol: FLEET_PROTOCOL_VERSION,
    wire: WIRE_PROTOCOL_VERSION,
    worker,
    name,
    version,
    draining,
    // JSON has no infinity.
    memoryBudgetBytes: Math.min(memoryBudgetBytes, Number.MAX_SAFE_INTEGER),
    maxModels,
    maxFrameBytes,
    models: models.models.map((model) => toAnnounced(model, models, settings)),
    storedModels: announced.storedModels.filter(isNameable).slice(0, MAX_STORED),
    labels: { ...labels },
  };
}

function toAnnounced(
  model: ManagedModel,
  { room }: Pick<ModelRegistry, 'room'>,
  settings: EngineSettings,
): AnnouncedModel {
  const { id, plan, state, activeCalls, facts, pinned, keepAlive } = model;
  const batching = WireBatchingSchema.parse({ ...settings.batching, ...plan.batching });
  return {
    id,
    ready: state === 'ready',
    fingerprint: facts === undefined ? '' : fingerprintOf(facts),
    slots: facts?.loaded.capabilities.batching === false ? 1 : batching.maxBatchSize,
    requests: activeCalls,
    adapters: toAdapters(model),
    vision: facts !== undefined && facts.loaded.capabilities.blindness === undefined,
    onDemand: !pinned && keepAlive.keepMs !== KEEP_FOREVER,
    memoryBytes: room.bytesOf(model) ?? 0,
    prefixCacheBytes: batching.promptCacheBytes,
  };
}

function toAdapters({ facts, adapters: { all, wanted } }: ManagedModel): AnnouncedAdapter[] {
  if (facts === undefined) {
    return wanted.map(({ name }) => ({ name, fingerprint: '', rank: 0, memoryBytes: 0 }));
  }
  return all.map((adapter) => {
    const { rank, memoryBytes } = adapter.loaded;
    const fingerprint = adapterFingerprint(fingerprintOf(facts), adapter);
    return { name: adapter.name, fingerprint, rank, memoryBytes };
  });
}

const isNameable = ({ id }: StoredModel) => id.length <= LONGEST_NAME;
