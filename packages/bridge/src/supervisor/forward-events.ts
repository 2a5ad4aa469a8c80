import type { EventEmitter } from 'eventemitter3';
import type { Sidecar } from '../sidecar/sidecar.js';
import type { SupervisorEvents } from './supervisor-events.js';

/** Passes on what a process says, so that listeners need not follow it from life to life. */
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
