import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SetupContext } from '../context.js';
import { setupError } from '../errors.js';
import { explainWriteFailure } from '../install/explain-failure.js';
import { runCommand } from './run-command.js';

/**
 * Node has no flock, Python has: the child locks the open file it shares with
 * us, so the lock stays ours after it ended. The kernel drops it when the last
 * process that holds the file is gone; no lock can be left behind.
 */
const lockScript = `
import fcntl
try:
    fcntl.flock(3, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    print("waiting", flush=True)
    fcntl.flock(3, fcntl.LOCK_EX)
`;

/**
 * Run `action` while no other process holds the lock. The action passes the
 * descriptor to the children it starts: should we be killed, the next set-up
 * waits until they are gone too.
 */
export async function withFileLock<Result>(
  path: string,
  python: string,
  context: SetupContext,
  action: (lock: number) => Promise<Result>,
): Promise<Result> {
  const lock = openLockFile(path, context.home);
  try {
    const result = await runCommand(
      { command: python, args: ['-I', '-c', lockScript], variables: context.variables },
      { signal: context.signal, inherit: lock, onLine: (line) => reportWait(line, context) },
    );
    if (result.exitCode !== 0) {
      throw setupError('lock-failed', `Could not lock ${path}: ${result.stderr.trim()}`);
    }
    return await action(lock);
  } finally {
    closeSync(lock);
  }
}

function openLockFile(path: string, home: string): number {
  try {
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, 'a');
  } catch (error) {
    throw explainWriteFailure(error, home);
  }
}

function reportWait(line: string, { onProgress }: SetupContext): void {
  if (line !== 'waiting') return;
  onProgress({ step: 'environment', message: 'Waiting for another set-up to finish' });
}
