import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.ts';

/**
 * - `kill`: SIGKILL, as the system does when memory is short.
 * - `abort`: SIGABRT, as an assertion in native code.
 * - `stop`: SIGSTOP for good; only its missing heartbeats tell.
 * - `pause`: SIGSTOP for a moment; nobody may notice.
 * - `garbage`: lines that are no frames on its input; nobody may notice.
 * - `disconnect`: a client of the server closes its connection. Acted out by the request itself.
 */
export const faultKinds = ['kill', 'abort', 'stop', 'pause', 'garbage', 'disconnect'] as const;
export type FaultKind = (typeof faultKinds)[number];
/** Those that befall a model's process. */
export type ProcessFault = Exclude<FaultKind, 'disconnect'>;

const PAUSE_MS = 1000;
const LONGEST_GARBAGE = 5000;

/** Makes a fault happen to a model's process. */
export async function inject(
  fault: ProcessFault,
  child: ChildProcess,
  random: Random,
): Promise<void> {
  switch (fault) {
    case 'kill':
      child.kill('SIGKILL');
      return;
    case 'abort':
      child.kill('SIGABRT');
      return;
    case 'stop':
      child.kill('SIGSTOP');
      return;
    case 'pause':
      child.kill('SIGSTOP');
      await sleep(PAUSE_MS);
      child.kill('SIGCONT');
      return;
    case 'garbage':
      child.stdin?.write(garbage(random));
      return;
    default:
      fault satisfies never;
  }
}

/** Some lines of any bytes. They end with a newline, so that the frame that follows stays whole. */
function garbage(random: Random): Buffer {
  const bytes = Array.from({ length: random.between(1, LONGEST_GARBAGE) }, () =>
    random.between(0, 255),
  );
  return Buffer.from([...bytes, 0x0a]);
}
