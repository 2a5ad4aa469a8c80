/** An engine's place in a fleet. Disposing of it drains the worker and leaves. */
export interface FleetMembership extends AsyncDisposable {
  /** This life of the worker, as gateways call it. */
  readonly worker: string;
  /** Resolves when gateways can see it; rejects when the signal fires first, and says what is in the way. */
  joined(signal: AbortSignal): Promise<void>;
  /** Resolves when somebody in the fleet asked for this worker to leave. */
  readonly askedToLeave: Promise<void>;
  /** Takes nothing new, lets requests finish for `drainTimeoutMs`, hands the others over, and leaves. */
  leave(): Promise<void>;
}
