import type { BatchStats, CacheStats } from '@mlx/engine';

/** What the serving process tells the benchmark, once, when it answers HTTP. */
export interface ReadyMessage {
  readonly type: 'ready';
  readonly url: string;
}

/** The answer to `inspect`. */
export interface InspectionMessage {
  readonly type: 'inspection';
  readonly inspection: Inspection;
}

export type ServingMessage = ReadyMessage | InspectionMessage;

/** What only someone inside our server can see. */
export interface Inspection {
  /** The sidecar's own counters. */
  readonly batch: BatchStats;
  readonly cache: CacheStats;
  readonly node: ProcessUsage;
  readonly sidecar: ProcessUsage;
  /** A process waits to take over from the sidecar. */
  readonly spare: boolean;
}

export interface ProcessUsage {
  readonly pid: number;
  readonly residentBytes: number;
  /** Open file descriptors; 0 where the system does not tell. */
  readonly descriptors: number;
}
