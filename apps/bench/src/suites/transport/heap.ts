import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Bytes of the heap that are still reachable. */
export function reachableBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
