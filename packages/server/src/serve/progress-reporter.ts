import type { reportProgress } from '@mlx/engine/cli';
import type { Logger } from '../logger.js';
import type { Readiness } from '../readiness.js';

/** @param done bytes of `total`, which is 0 while it cannot be known */
export type Report = (message: string, done?: number, total?: number) => void;

/** A line that is drawn over and over, where people look on. */
export type ProgressLine = Pick<ReturnType<typeof reportProgress>, 'update' | 'close'>;

const TENTHS = 10;

/**
 * Everything goes to the readiness status; the log gets a line per step, and
 * where no progress line shows more, one per tenth of it.
 */
export function progressReporter(
  readiness: Readiness,
  logger: Logger,
  line?: ProgressLine,
): Report {
  let last = '';
  return (message, done = 0, total = 0) => {
    const share = total > 0 ? Math.min(1, done / total) : null;
    readiness.loading(message, share);
    const tenth = share === null || line !== undefined ? 0 : Math.floor(share * TENTHS);
    if (`${message} ${tenth}` !== last) {
      last = `${message} ${tenth}`;
      logger.info(tenth === 0 ? {} : { percent: tenth * TENTHS }, message);
    }
    const bytes = done === 0 ? {} : { bytes: done, totalBytes: total };
    line?.update({ step: 'model', message, ...bytes });
  };
}
