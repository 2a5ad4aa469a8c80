import type { OnSetupProgress } from '../setup/progress.js';
import type { LocateOptions } from './runner.js';

/** What the set-up does, told as the fetching of a load. */
export function tellAsFetching(onProgress: LocateOptions['onProgress']): OnSetupProgress {
  return ({ message, bytes = 0, totalBytes = 0 }) =>
    onProgress?.({ phase: 'fetch', message, done: bytes, total: totalBytes, unit: 'bytes' });
}
