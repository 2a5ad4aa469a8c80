import type { Logger } from '../logger.js';
import type { Readiness } from '../readiness.js';

export type Report = (message: string, done?: number, total?: number) => void;

const TENTHS = 10;

/** Everything goes to the readiness status; the log gets a line per step and tenth of it, not per byte. */
export function progressReporter(readiness: Readiness, logger: Logger): Report {
  let last = '';
  return (message, done = 0, total = 0) => {
    const share = total > 0 ? Math.min(1, done / total) : null;
    readiness.loading(message, share);
    const tenth = share === null ? 0 : Math.floor(share * TENTHS);
    if (`${message} ${tenth}` === last) return;
    last = `${message} ${tenth}`;
    logger.info(tenth === 0 ? {} : { percent: tenth * TENTHS }, message);
  };
}
