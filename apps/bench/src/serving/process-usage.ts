import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { ProcessUsage } from './messages.ts';

/** What the system says about a process of ours. */
export async function processUsage(pid: number): Promise<ProcessUsage> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  return {
    pid,
    residentBytes: Number(stdout.trim()) * 1024,
    descriptors: await countDescriptors(pid),
  };
}

async function countDescriptors(pid: number): Promise<number> {
  try {
    return (await readdir(`/proc/${pid}/fd`)).length;
  } catch {
    return 0;
  }
}
