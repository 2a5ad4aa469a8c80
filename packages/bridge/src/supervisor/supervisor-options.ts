import type { CircuitBreakerOptions } from '../resilience/circuit-breaker.js';
import type { RetryOptions } from '../resilience/retry.js';
import { Sidecar } from '../sidecar/sidecar.js';
import type { SidecarOptions } from '../sidecar/sidecar-options.js';
import { systemClock } from '../time/clock.js';
import type { Clock } from '../time/clock.js';
import type { SparePool } from './spare-pool.js';

export interface StartContext {
  /** Aborted when the process dies or the supervisor is stopped meanwhile. */
  signal: AbortSignal;
  /** False for the first process, true for one that replaces a dead one. */
  recovering: boolean;
}

export interface SupervisorOptions {
  sidecar: SidecarOptions;
  /** Puts a fresh process in order, such as loading its model; it is announced ready afterwards. */
  onStart?: (sidecar: Sidecar, context: StartContext) => Promise<void> | void;
  /** Restarts within the window; one more crash is final. Default 5. */
  maxRestarts?: number;
  /** Default 60 s. */
  restartWindowMs?: number;
  /** The pause before the first restart; doubles with each in the window. Default 100 ms. */
  restartDelayBaseMs?: number;
  /** Default 5 s. */
  restartDelayMaxMs?: number;
  /** Keep a process launched and waiting to take over. Default true. */
  spare?: boolean;
  /** How long after becoming ready the spare is launched: its imports would hold up what a crash left to do. Default 3 s. */
  spareDelayMs?: number;
  /** Where a first process is taken from, and the spare is left when this supervisor stops. */
  pool?: SparePool;
  /** For idempotent requests. */
  retry?: RetryOptions;
  circuitBreaker?: CircuitBreakerOptions;
  /** From 0 to 1, for jitter. Default Math.random. */
  random?: () => number;
  /** For tests. */
  createSidecar?: (options: SidecarOptions) => Sidecar;
}

export interface ResolvedSupervisorOptions {
  create: () => Sidecar;
  onStart: NonNullable<SupervisorOptions['onStart']>;
  maxRestarts: number;
  restartWindowMs: number;
  restartDelayBaseMs: number;
  restartDelayMaxMs: number;
  spare: boolean;
  spareDelayMs: number;
  pool: SparePool | undefined;
  random: () => number;
  clock: Clock;
}

/** Fills in the defaults. */
export function resolveSupervisorOptions(options: SupervisorOptions): ResolvedSupervisorOptions {
  const createSidecar = options.createSidecar ?? ((given: SidecarOptions) => new Sidecar(given));
  return {
    create: () => createSidecar(options.sidecar),
    onStart: options.onStart ?? (() => {}),
    maxRestarts: options.maxRestarts ?? 5,
    restartWindowMs: options.restartWindowMs ?? 60_000,
    restartDelayBaseMs: options.restartDelayBaseMs ?? 100,
    restartDelayMaxMs: options.restartDelayMaxMs ?? 5_000,
    spare: options.spare ?? true,
    spareDelayMs: options.spareDelayMs ?? 3_000,
    pool: options.pool,
    random: options.random ?? Math.random,
    clock: options.sidecar.clock ?? systemClock,
  };
}
