import type { Logger } from '../logger.js';
import type { Readiness } from '../readiness.js';

export type Report = (message: string, done?: number, total?: number) => void;

/** Everything goes to the readiness status; the log gets a line per step, not per byte. */
export function progressReporter(readiness: Readiness, logger: Logger): Report {
  let lastMessage = '';
  return (message, done = 0, total = 0) => {
    readiness.loading(message, total > 0 ? Math.min(1, done / total) : null);
    if (message === lastMessage) return;
    lastMessage = message;
    logger.info({}, message);
  };
}
