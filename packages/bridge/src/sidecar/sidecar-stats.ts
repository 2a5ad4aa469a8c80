import type { ConnectionCounters } from '../connection/counters.js';

export interface SidecarStats extends ConnectionCounters {
  pendingRequests: number;
  /** Streams that the sidecar still holds a row for, as far as is known here. */
  activeStreams: number;
}
