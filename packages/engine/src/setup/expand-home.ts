import { homedir } from 'node:os';
import { join } from 'node:path';

/** Shells expand a leading `~/`; files that name paths have nobody who does. */
export function expandHome(path: string): string {
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
}
