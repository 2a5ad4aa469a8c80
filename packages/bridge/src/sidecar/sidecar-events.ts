import type { WireHeartbeat, WireLog, WireProgress } from '@mlx/schemas/wire';
import type { SidecarExit } from '../process/sidecar-exit.js';
import type { ConnectionCounters } from '../connection/counters.js';

/** A process is started once and never again. */
export type SidecarState = 'new' | 'starting' | 'ready' | 'stopping' | 'exited';

export interface SidecarEvents {
  state: (state: SidecarState, previous: SidecarState) => void;
  progress: (progress: WireProgress) => void;
  log: (log: WireLog) => void;
  /** A line that the process, or a library in it, wrote to stderr. */
  stderr: (line: string) => void;
  heartbeat: (heartbeat: WireHeartbeat) => void;
  slowConsumer: (streamId: string, pausedMs: number) => void;
  exit: (exit: SidecarExit) => void;
}

export interface SidecarStats extends ConnectionCounters {
  pendingRequests: number;
  /** Streams that the sidecar still holds a row for, as far as is known here. */
  activeStreams: number;
}
