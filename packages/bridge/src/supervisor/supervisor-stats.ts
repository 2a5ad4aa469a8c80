import type { CircuitState } from '../resilience/circuit-breaker.js';
import type { SidecarStats } from '../sidecar/sidecar-stats.js';
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
}

export class SupervisorCounters {
  restarts = 0;
  readonly #crashes: Partial<Record<CrashReason, number>> = {};

  countCrash(reason: CrashReason): void {
    this.#crashes[reason] = (this.#crashes[reason] ?? 0) + 1;
  }

  snapshot(): Pick<SupervisorStats, 'restarts' | 'crashes'> {
    return { restarts: this.restarts, crashes: { ...this.#crashes } };
  }
}
