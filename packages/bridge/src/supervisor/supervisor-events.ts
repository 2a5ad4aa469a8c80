import type { ExitReason } from '../process/sidecar-exit.js';
import type { SidecarEvents } from '../sidecar/sidecar-events.js';
import type { SupervisorState } from './state-table.js';

export interface RestartNotice {
  /** What ended the process that is being replaced. */
  reason: CrashReason;
  /** Which restart in the window this is; 1 is the first. */
  attempt: number;
  delayMs: number;
}

/** `start-hook`: the process lived, but could not be put in order. */
export type CrashReason = ExitReason | 'start-hook';

/**
 * The process's own events, whichever process it is, and those of its
 * supervision. `stderr` is passed on of processes brought up while somebody listens.
 */
export interface SupervisorEvents extends Omit<SidecarEvents, 'state'> {
  state: (state: SupervisorState, previous: SupervisorState) => void;
  restart: (notice: RestartNotice) => void;
}
