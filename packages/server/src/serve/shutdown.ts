import type { Logger } from '../logger.js';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
const KILLED_EXIT_CODE = 1;

/**
 * Resolves with the first signal to stop. The second ends the process at
 * once; the sidecars notice the loss of their parent and end themselves.
 */
export function firstStopSignal(logger: Logger): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) {
      logger.warn({ signal }, 'second signal: ending now');
      process.exit(KILLED_EXIT_CODE);
    }
    stopping = true;
    resolve(signal);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return promise;
}
