import { cancelledError } from '@mlx/schemas';
import type { Roster } from './roster.js';

/** The first answer of `look`, which is asked again whenever a worker says something; undefined after `waitMs`. */
export function untilHeard<Found>(
  roster: Roster,
  look: () => Found | undefined,
  waitMs: number,
  signal: AbortSignal,
): Promise<Found | undefined> {
  const found = look();
  if (found !== undefined) return Promise.resolve(found);
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      roster.off('announced', onAnnounced);
      signal.removeEventListener('abort', onAbort);
      finish();
    };
    const onAnnounced = () => {
      const now = look();
      if (now !== undefined) settle(() => resolve(now));
    };
    const onAbort = () => settle(() => reject(cancelledError(signal.reason)));
    const timer = setTimeout(() => settle(() => resolve(undefined)), waitMs);
    roster.on('announced', onAnnounced);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}
