import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interruption {
  readonly signal: AbortSignal;
  release(): void;
}

/** An AbortSignal that the first interrupting signal aborts; the second one ends us as usual. */
export function abortOnSignals(): Interruption {
  const controller = new AbortController();
  const abort = (name: NodeJS.Signals) => {
    controller.abort(name);
    release();
  };
  const release = () => {
    for (const name of signals) process.off(name, abort);
  };
  for (const name of signals) process.on(name, abort);
  return { signal: controller.signal, release };
}

/** As shells report a process that a signal ended. */
export function exitCodeOf({ reason }: AbortSignal): number {
  return 128 + (constants.signals[reason as NodeJS.Signals] ?? 0);
}
