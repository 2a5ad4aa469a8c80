import type { Clock } from '../time/clock.js';
import { sleep } from '../time/sleep.js';
import type { KillStep } from './sidecar-exit.js';

export interface EndableProcess {
  /** Settles when the process is gone. */
  readonly ended: Promise<unknown>;
  kill(signal: NodeJS.Signals): boolean;
}

export interface EndSchedule {
  /** From asking politely to SIGTERM. */
  shutdownTimeoutMs: number;
  /** From SIGTERM to SIGKILL. */
  killTimeoutMs: number;
}

/**
 * Ends a process that was asked to leave: waits, sends SIGTERM, waits, sends
 * SIGKILL. Each step taken is recorded; aborting `force` skips the waits.
 */
export async function endProcess(
  child: EndableProcess,
  schedule: EndSchedule,
  clock: Clock,
  record: (step: KillStep) => void,
  force: AbortSignal,
): Promise<void> {
  if (await endsWithin(child, schedule.shutdownTimeoutMs, clock, force)) return;
  if (!force.aborted) {
    if (child.kill('SIGTERM')) record('SIGTERM');
    if (await endsWithin(child, schedule.killTimeoutMs, clock, force)) return;
  }
  if (child.kill('SIGKILL')) record('SIGKILL');
  await child.ended;
}

async function endsWithin(
  child: EndableProcess,
  delayMs: number,
  clock: Clock,
  force: AbortSignal,
): Promise<boolean> {
  const waiting = new AbortController();
  const ended = child.ended.then(() => true);
  const timedOut = sleep(clock, delayMs, AbortSignal.any([waiting.signal, force])).then(
    () => false,
  );
  try {
    return await Promise.race([ended, timedOut]);
  } finally {
    waiting.abort();
  }
}
