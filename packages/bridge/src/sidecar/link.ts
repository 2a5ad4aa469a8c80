import type { EventEmitter } from 'eventemitter3';
import { Connection } from '../connection/connection.js';
import type { ConnectionListener } from '../connection/connection-listener.js';
import { SidecarProcess } from '../process/sidecar-process.js';
import { StderrLines } from '../process/stderr-lines.js';
import type { HeartbeatWatch } from './heartbeat-watch.js';
import type { SidecarEvents } from './sidecar-events.js';
import type { ResolvedSidecarOptions } from './sidecar-options.js';

/** Where what arrives over the pipes goes. */
export interface LinkTargets {
  emit: EventEmitter<SidecarEvents>['emit'];
  wantsStderr: () => boolean;
  frame: () => void;
  watch: HeartbeatWatch;
  violated: () => void;
}

/** Starts the process and speaks the protocol over its pipes; throws when it cannot be started. */
export function openLink(
  options: ResolvedSidecarOptions,
  targets: LinkTargets,
): { process: SidecarProcess; connection: Connection } {
  const lines = new StderrLines();
  const process = new SidecarProcess({
    ...options,
    onOutput: (chunk) => connection.receive(chunk),
    onStderr: (chunk) => {
      if (!targets.wantsStderr()) return;
      for (const line of lines.push(chunk)) targets.emit('stderr', line);
    },
  });
  const connection = new Connection(process.stdin, options, listenFor(targets));
  return { process, connection };
}

function listenFor({ emit, frame, watch, violated }: LinkTargets): ConnectionListener {
  return {
    onFrame: () => {
      watch.alive();
      frame();
    },
    onTokens: () => watch.progressed(),
    onProgress: (progress) => {
      watch.progressed();
      emit('progress', progress);
    },
    onLog: (log) => emit('log', log),
    onHeartbeat: (heartbeat) => {
      watch.beat(heartbeat);
      emit('heartbeat', heartbeat);
    },
    onSlowConsumer: (streamId, pausedMs) => emit('slowConsumer', streamId, pausedMs),
    onOversizedFrame: violated,
  };
}
