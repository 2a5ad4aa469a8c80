import { getEventListeners } from 'node:events';
import { watch } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { descendants, openDescriptors } from './process-table.ts';

/** What this process holds of the system and of itself. */
export interface Held {
  readonly descriptors: number;
  readonly processes: number;
  /** On the process and on the signal that outlives all requests. */
  readonly listeners: number;
  readonly timers: number;
}

const POLL_MS = 250;

/** Node opens some descriptors with their first use and keeps them: for watching files, for one. */
export function openWhatStaysOpen(): void {
  watch('.').close();
}

export async function held(signal: AbortSignal): Promise<Held> {
  const onProcess = process
    .eventNames()
    .reduce((sum, name) => sum + process.listenerCount(name as NodeJS.Signals), 0);
  return {
    processes: (await descendants()).length,
    descriptors: await openDescriptors(),
    listeners: onProcess + getEventListeners(signal, 'abort').length,
    timers: process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length,
  };
}

/** Waits until two looks in a row see the same. */
export async function settledHeld(signal: AbortSignal, timeoutMs: number): Promise<Held> {
  const giveUpAt = performance.now() + timeoutMs;
  let previous = await held(signal);
  for (;;) {
    await sleep(POLL_MS);
    const current = await held(signal);
    if (!moreThan(previous, current) && !moreThan(current, previous)) return current;
    if (performance.now() > giveUpAt) return current;
    previous = current;
  }
}

/** Waits until no more is held than `before`; returns what is held then, or at last. */
export async function backAt(before: Held, signal: AbortSignal, timeoutMs: number): Promise<Held> {
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    const now = await held(signal);
    if (!moreThan(now, before) || performance.now() > giveUpAt) return now;
    await sleep(POLL_MS);
  }
}

function moreThan(now: Held, before: Held): boolean {
  return leaksOf(before, now).length > 0;
}

/** What there is more of than before, in words. */
export function leaksOf(before: Held, now: Held): string[] {
  const names = Object.keys(before) as (keyof Held)[];
  return names
    .filter((name) => now[name] > before[name])
    .map((name) => `${name}: ${now[name]} instead of ${before[name]}`);
}
