import type { EventEmitter } from 'eventemitter3';
import type { ExitReason } from '../process/sidecar-exit.js';
import type { SidecarEvents } from '../sidecar/sidecar-events.js';
import type { SupervisorState } from './state-table.js';
import type { Sidecar } from '../sidecar/sidecar.js';

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

/** Passes on what a process says, so that listeners need not follow one process after another. */
export function forwardEvents(sidecar: Sidecar, target: EventEmitter<SupervisorEvents>): void {
  sidecar.on('progress', (progress) => target.emit('progress', progress));
  sidecar.on('log', (log) => target.emit('log', log));
  sidecar.on('heartbeat', (heartbeat) => target.emit('heartbeat', heartbeat));
  sidecar.on('slowConsumer', (streamId, pausedMs) => {
    target.emit('slowConsumer', streamId, pausedMs);
  });
  sidecar.on('exit', (exit) => target.emit('exit', exit));
  // Cutting stderr into lines costs something, so only for whoever wants them.
  if (target.listenerCount('stderr') > 0) {
    sidecar.on('stderr', (line) => target.emit('stderr', line));
  }
}
