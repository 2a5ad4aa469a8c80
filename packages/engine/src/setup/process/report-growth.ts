import { directorySize } from './directory-size.js';
import type { SetupContext } from '../context.js';

const intervalMs = 1000;

/** Report a growing folder once a second until the returned function is called. */
export function reportGrowth(
  folder: string,
  context: SetupContext,
  progress: { step: 'environment' | 'model'; message: string; totalBytes?: number },
): () => void {
  context.onProgress({ ...progress, bytes: 0 });
  let stopped = false;
  const report = async () => {
    const bytes = await directorySize(folder);
    if (!stopped) context.onProgress({ ...progress, bytes });
  };
  const timer = setInterval(() => void report(), intervalMs);
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}
