import { EventEmitter } from 'eventemitter3';
import { newCounters } from '../../src/connection/counters.js';
import { crashedError } from '../../src/errors/crashed.js';
import { stoppedError } from '../../src/errors/transport.js';
import type { ExitReason, SidecarExit } from '../../src/index.js';
import type { Sidecar } from '../../src/sidecar/sidecar.js';
import type { SidecarEvents, SidecarStats } from '../../src/sidecar/sidecar-events.js';
import { deferred } from './deferred.js';
import type { Deferred } from './deferred.js';

/** A process without a process: lives and dies by command, so that every order of events can be had. */
export class ControlledSidecar extends EventEmitter<SidecarEvents> {
  state: Sidecar['state'] = 'new';
  exit: SidecarExit | undefined;
  /** Set when its handshake is awaited. */
  #handshake: Deferred | undefined;

  get alive(): boolean {
    return this.state === 'starting' || this.state === 'ready';
  }

  get shaking(): boolean {
    return this.#handshake !== undefined && this.state === 'starting';
  }

  launch(): void {
    if (this.state === 'new') this.state = 'starting';
  }

  start(): Promise<void> {
    this.launch();
    this.#handshake = deferred();
    if (this.exit !== undefined) this.#handshake.reject(crashedError(this.exit));
    return this.#handshake.promise;
  }

  /** By command: the handshake succeeds. */
  shake(): void {
    this.state = 'ready';
    this.#handshake?.resolve();
  }

  /** By command: the handshake is refused for good. */
  refuse(error: Error): void {
    this.#handshake?.reject(error);
  }

  /** By command: the process dies. */
  die(reason: ExitReason = 'signal'): void {
    if (!this.alive) return;
    this.#end(reason);
    if (this.exit !== undefined) this.#handshake?.reject(crashedError(this.exit));
  }

  async stop(): Promise<SidecarExit | undefined> {
    if (this.alive) {
      this.#end('stopped');
      this.#handshake?.reject(stoppedError());
    }
    return this.exit;
  }

  stats(): SidecarStats {
    return { ...newCounters(), pendingRequests: 0, activeStreams: 0 };
  }

  request(): Promise<never> {
    return this.exit === undefined
      ? new Promise(() => {})
      : Promise.reject(crashedError(this.exit));
  }

  #end(reason: ExitReason): void {
    this.state = 'exited';
    this.exit = {
      reason,
      exitCode: null,
      signal: 'SIGKILL',
      spawnError: undefined,
      stderrTail: '',
      uptimeMs: 0,
      kills: [],
    };
    // Nobody may be waiting for the handshake.
    this.#handshake?.promise.catch(() => {});
    this.emit('exit', this.exit);
  }
}
