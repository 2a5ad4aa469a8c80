import { FLEET_PROTOCOL_VERSION } from '@mlx/schemas/fleet';
import type { AnnouncedModel, Announcement } from '@mlx/schemas/fleet';

export function model(id: string, changes: Partial<AnnouncedModel> = {}): AnnouncedModel {
  return {
    id,
    ready: true,
    fingerprint: 'f',
    slots: 8,
    requests: 0,
    adapters: [],
    vision: false,
    onDemand: true,
    memoryBytes: 10,
    prefixCacheBytes: 100,
    ...changes,
  };
}

/** A worker with room for three models of ten bytes, which stores `m`. */
export function announcement(name: string, changes: Partial<Announcement> = {}): Announcement {
  return {
    protocol: FLEET_PROTOCOL_VERSION,
    wire: 1,
    worker: `${name}.1`,
    name,
    version: '1.0.0',
    draining: false,
    memoryBudgetBytes: 30,
    maxModels: 4,
    maxFrameBytes: 1_000_000,
    models: [],
    storedModels: [{ id: 'm', memoryBytes: 10, adapters: [] }],
    labels: {},
    ...changes,
  };
}
