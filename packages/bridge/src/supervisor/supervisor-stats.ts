import { addCounters, newCounters } from '../connection/counters.js';
import type { ConnectionCounters } from '../connection/counters.js';
import type { CircuitState } from '../resilience/circuit-breaker.js';
import type { Sidecar } from '../sidecar/sidecar.js';
import type { SidecarStats } from '../sidecar/sidecar-events.js';
import type { SupervisorState } from './state-table.js';
import type { CrashReason } from './supervisor-events.js';

/** Every reason has its number, so that a metric is there before the first of a kind happens. */
export type CrashCounts = Readonly<Record<CrashReason, number>>;

export interface SupervisorStats {
  state: SupervisorState;
  restarts: number;
  /** Why processes were replaced. */
  restartReasons: CrashCounts;
  /** Ends that nobody asked for, by reason; those that were final included. */
  crashes: CrashCounts;
  /** A spare process waits. */
  spare: boolean;
  circuit: CircuitState;
  /** Of the process that runs now. */
  sidecar: SidecarStats | undefined;
  /** What went over the connections of all processes so far. */
  connections: ConnectionCounters;
}

export class SupervisorCounters {
  readonly #crashes = newCrashCounts();
  readonly #restarts = newCrashCounts();
  readonly #ended = newCounters();
  readonly #living = new Set<Sidecar>();

  countRestart(reason: CrashReason): void {
    this.#restarts[reason] += 1;
    this.#crashes[reason] += 1;
  }

  countFinalCrash(reason: CrashReason): void {
    this.#crashes[reason] += 1;
  }

  /** Counts what goes over this process's connection, also when the process is gone. */
  follow(sidecar: Sidecar): void {
    this.#living.add(sidecar);
    sidecar.once('exit', () => {
      this.#living.delete(sidecar);
      addCounters(this.#ended, sidecar.stats());
    });
  }

  snapshot(): Omit<SupervisorStats, 'state' | 'spare' | 'circuit' | 'sidecar'> {
    const connections = { ...this.#ended };
    for (const sidecar of this.#living) addCounters(connections, sidecar.stats());
    return {
      restarts: Object.values(this.#restarts).reduce((sum, count) => sum + count, 0),
      restartReasons: { ...this.#restarts },
      crashes: { ...this.#crashes },
      connections,
    };
  }
}

/** One to count on: of each reason none yet. */
export const newCrashCounts = (): Record<CrashReason, number> => ({
  exit: 0,
  signal: 0,
  spawn: 0,
  'startup-timeout': 0,
  handshake: 0,
  heartbeat: 0,
  stalled: 0,
  protocol: 0,
  pipe: 0,
  stopped: 0,
  'start-hook': 0,
});
