import { watchFile } from 'node:fs';

interface LogFile {
  reopen(): void;
}

const LOOK_EVERY_MS = 5000;

/** Begins a log anew that was moved away, as logrotate and newsyslog do it: they need to signal nobody. */
export function followMoves(file: LogFile, path: string, interval = LOOK_EVERY_MS): void {
  watchFile(path, { persistent: false, interval }, (now, before) => {
    if (now.ino !== before.ino) file.reopen();
  });
}
