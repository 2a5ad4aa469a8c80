import { watch, type FSWatcher } from 'node:fs';

/** Writes come in bursts; one notice is enough for each. */
const SETTLE_MS = 200;

/** Files that decide what a model says; lock files and the like do not. */
const RELEVANT = /\.(?:json|safetensors|model|jinja|txt)$/;

/**
 * Calls back with a file's name when files of a model's directory have changed.
 * Where the system cannot watch, it never calls back. Returns the function that
 * ends the watch.
 */
export function watchFiles(directory: string, onChange: (file: string) => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const watcher = tryWatch(directory, (file) => {
    if (!RELEVANT.test(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => onChange(file), SETTLE_MS).unref();
  });
  return () => {
    clearTimeout(timer);
    watcher?.close();
  };
}

function tryWatch(directory: string, onEvent: (file: string) => void): FSWatcher | undefined {
  try {
    const watcher = watch(directory, { persistent: false }, (_, file) => onEvent(file ?? ''));
    // The directory was removed: a change like any other, and nothing left to watch.
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
