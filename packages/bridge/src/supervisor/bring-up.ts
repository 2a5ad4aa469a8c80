import { crashedError } from '../errors/crashed.js';
import type { Sidecar } from '../sidecar/sidecar.js';
import type { ResolvedSupervisorOptions } from './supervisor-options.js';

/** Starts a process and runs the start hook on it; rejects as soon as the process dies. */
export async function bringUp(
  sidecar: Sidecar,
  onStart: ResolvedSupervisorOptions['onStart'],
  recovering: boolean,
  stopped: AbortSignal,
): Promise<void> {
  await sidecar.start();
  const died = new AbortController();
  const death = new Promise<never>((_resolve, reject) => {
    sidecar.once('exit', (exit) => {
      const error = crashedError(exit);
      died.abort(error);
      reject(error);
    });
  });
  const signal = AbortSignal.any([died.signal, stopped]);
  const hook = async () => onStart(sidecar, { signal, recovering });
  await Promise.race([hook(), death]);
}
