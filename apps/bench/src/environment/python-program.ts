import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { PeerEnvironment } from './peer-environment.ts';

/** Runs one of the benchmarks' Python programs to its end. Returns how long it took, in seconds. */
export async function pythonProgram(
  { python, env }: PeerEnvironment,
  name: string,
  ...args: readonly string[]
): Promise<number> {
  const program = fileURLToPath(new URL(`../../python/${name}.py`, import.meta.url));
  return timed(python, [program, ...args], env);
}

/** The same for a module that is installed there. */
export function pythonModule(
  { python, env }: PeerEnvironment,
  name: string,
  ...args: readonly string[]
): Promise<number> {
  return timed(python, ['-m', name, ...args], env);
}

async function timed(python: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const startedAt = performance.now();
  await promisify(execFile)(python, args, { env });
  return (performance.now() - startedAt) / 1000;
}
