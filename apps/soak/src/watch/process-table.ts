import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly residentBytes: number;
}

/** Every process below this one, dead ones that nobody collected included. */
export async function descendants(): Promise<ProcessEntry[]> {
  const listing = promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,rss=']);
  const { stdout } = await listing;
  const entries = stdout.trim().split('\n').map(toEntry);
  const found: ProcessEntry[] = [];
  const parents = [process.pid];
  for (const parent of parents) {
    for (const entry of entries) {
      if (entry.parent !== parent || entry.pid === listing.child.pid) continue;
      found.push(entry);
      parents.push(entry.pid);
    }
  }
  return found;
}

/** Open files of this process; 0 where the system does not tell. */
export async function openDescriptors(): Promise<number> {
  try {
    return (await readdir('/proc/self/fd')).length;
  } catch {
    return 0;
  }
}

function toEntry(line: string): ProcessEntry {
  const [pid = 0, parent = 0, kilobytes = 0] = line.trim().split(/\s+/).map(Number);
  return { pid, parent, residentBytes: kilobytes * 1024 };
}
