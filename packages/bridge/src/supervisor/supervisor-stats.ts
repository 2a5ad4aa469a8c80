import { addCounters, newCounters } from '../connection/counters.js';
import type { ConnectionCounters } from '../connection/counters.js';
import type { CircuitState } from '../resilience/circuit-breaker.js';
import type { Sidecar } from '../sidecar/sidecar.js';
import type { SidecarStats } from '../sidecar/sidecar-events.js';
import type { SupervisorState } from './state-table.js';
import type { CrashReason } from './supervisor-events.js';

export interface SupervisorStats {
  state: SupervisorState;
  restarts: number;
  /** Ends that nobody asked for, by reason; those that were final included. */
  crashes: Partial<Record<CrashReason, number>>;
  /** A spare process waits. */
  spare: boolean;
  circuit: CircuitState;
  /** Of the process that runs now. */
  sidecar: SidecarStats | undefined;
  /** What went over the connections of all processes so far. */
  connections: ConnectionCounters;
}

export class SupervisorCounters {
  restarts = 0;
  readonly #crashes: Partial<Record<CrashReason, number>> = {};
  readonly #ended = newCounters();
  readonly #living = new Set<Sidecar>();

  countCrash(reason: CrashReason): void {
    this.#crashes[reason] = (this.#crashes[reason] ?? 0) + 1;
  }

  /** Counts what goes over this process's connection, also when the process is gone. */
  follow(sidecar: Sidecar): void {
    this.#living.add(sidecar);
    sidecar.once('exit', () => {
      this.#living.delete(sidecar);
      addCounters(this.#ended, sidecar.stats());
    });
  }

  snapshot(): Pick<SupervisorStats, 'restarts' | 'crashes' | 'connections'> {
    const connections = { ...this.#ended };
    for (const sidecar of this.#living) addCounters(connections, sidecar.stats());
    return { restarts: this.restarts, crashes: { ...this.#crashes }, connections };
  }
}
