import { closeSync, fstatSync, mkdirSync, openSync, statSync } from 'node:fs';
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
import fcntl, sys
mode = fcntl.LOCK_SH if sys.argv[1] == "shared" else fcntl.LOCK_EX
try:
    fcntl.flock(3, mode | fcntl.LOCK_NB)
except BlockingIOError:
    print("waiting", flush=True)
    if sys.argv[1] == "at-once":
        sys.exit(75)
    fcntl.flock(3, mode)
`;

/** What the script ends with where the lock is not to be had at once. */
const taken = 75;

type LockMode = 'exclusive' | 'shared' | 'at-once';

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
  const lock = await takeLock(path, 'exclusive', python, context);
  try {
    return await action(lock);
  } finally {
    closeSync(lock);
  }
}

/**
 * Runs `action` unless somebody else holds the lock, shared or not; whether it ran. As in
 * `withFileLock`, the action may remove the file: who waits for it takes the next one.
 */
export async function ifUnlocked(
  path: string,
  python: string,
  context: SetupContext,
  action: (lock: number) => Promise<void>,
): Promise<boolean> {
  const lock = await tryLock(path, 'at-once', python, context);
  if (lock === undefined) return false;
  try {
    await action(lock);
    return true;
  } finally {
    closeSync(lock);
  }
}

/** Holds the lock together with others who share it until the returned function is called. */
export async function shareFileLock(
  path: string,
  python: string,
  context: SetupContext,
): Promise<() => void> {
  const lock = await takeLock(path, 'shared', python, context);
  return () => closeSync(lock);
}

async function takeLock(
  path: string,
  mode: Exclude<LockMode, 'at-once'>,
  python: string,
  context: SetupContext,
): Promise<number> {
  const lock = await tryLock(path, mode, python, context);
  // What is waited for is had.
  return lock ?? takeLock(path, mode, python, context);
}

/** The descriptor that holds the lock of the file which has that name now; undefined: somebody else has it. */
async function tryLock(
  path: string,
  mode: LockMode,
  python: string,
  context: SetupContext,
): Promise<number | undefined> {
  for (;;) {
    const lock = openLockFile(path, context.home);
    let held = false;
    try {
      if (!(await flock(lock, path, mode, python, context))) return undefined;
      held = isStillAt(lock, path);
      if (held) return lock;
    } finally {
      if (!held) closeSync(lock);
    }
  }
}

/** False where it was removed by who held it before. */
function isStillAt(lock: number, path: string): boolean {
  const now = statSync(path, { throwIfNoEntry: false });
  const { ino, dev } = fstatSync(lock);
  return now?.ino === ino && now.dev === dev;
}

async function flock(
  lock: number,
  path: string,
  mode: LockMode,
  python: string,
  context: SetupContext,
): Promise<boolean> {
  const result = await runCommand(
    { command: python, args: ['-I', '-c', lockScript, mode], variables: context.variables },
    {
      signal: context.signal,
      inherit: lock,
      onLine: (line) => {
        if (mode !== 'at-once') reportWait(line, context);
      },
    },
  );
  if (result.exitCode === taken) return false;
  if (result.exitCode === 0) return true;
  throw setupError('lock-failed', `Could not lock ${path}: ${result.stderr.trim()}`);
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
