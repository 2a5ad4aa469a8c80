import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { setupContext } from '../../src/setup/context.js';
import { withFileLock } from '../../src/setup/process/file-lock.js';
import { runCommand } from '../../src/setup/process/run-command.js';
import { realPython } from './support/real-python.js';
import { temporaryFolder } from './support/temporary.js';

const python = await realPython();

/** A process that holds the lock and says so. */
async function holdElsewhere(path: string) {
  const script = `import fcntl, sys; file = open(sys.argv[1], "a"); fcntl.flock(file, fcntl.LOCK_EX); print("held", flush=True); sys.stdin.read()`;
  const child = spawn(python, ['-c', script, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

/** Three actions at once under the lock, which end with `last`; fails where two of them overlap. */
async function takeTurns(path: string, last: () => void): Promise<void> {
  let running = 0;
  const action = async () => {
    running += 1;
    expect(running).toBe(1);
    await runCommand({ command: python, args: ['-c', ''], variables: {} });
    last();
    running -= 1;
  };
  const context = setupContext();
  await Promise.all([1, 2, 3].map(() => withFileLock(path, python, context, action)));
}

test('one action runs at a time, in one process too', async () => {
  await takeTurns(join(temporaryFolder(), 'lock'), () => {});
});

test('whoever waits for a lock whose file is removed gets the lock of the next file', async () => {
  const path = join(temporaryFolder(), 'lock');
  await takeTurns(path, () => rmSync(path));
  expect(existsSync(path)).toBe(false);
});

test('waiting is reported, and ends when the holder is killed', async () => {
  const path = join(temporaryFolder(), 'lock');
  const holder = await holdElsewhere(path);
  const messages: string[] = [];
  const onProgress = ({ message }: { message: string }) => {
    messages.push(message);
    holder.kill('SIGKILL');
  };
  await withFileLock(path, python, setupContext({ onProgress }), async () => messages.push('mine'));
  expect(messages).toEqual(['Waiting for another set-up to finish', 'mine']);
});

test('waiting ends when it is cancelled', async () => {
  const path = join(temporaryFolder(), 'lock');
  await holdElsewhere(path);
  const controller = new AbortController();
  const onProgress = () => controller.abort();
  const context = setupContext({ onProgress, signal: controller.signal });
  const locked = withFileLock(path, python, context, async () => 'never');
  await expect(locked).rejects.toMatchObject({ code: 'Cancelled' });
});

test('a child that got the descriptor keeps the lock after its parent let go', async () => {
  const path = join(temporaryFolder(), 'lock');
  const context = setupContext();
  const child = await withFileLock(path, python, context, async (lock) =>
    spawn('sleep', ['60'], { stdio: ['ignore', 'ignore', 'ignore', lock] }),
  );
  const events: string[] = [];
  const onProgress = () => {
    events.push('waited');
    child.kill('SIGKILL');
  };
  await withFileLock(path, python, setupContext({ onProgress }), async () => events.push('mine'));
  expect(events).toEqual(['waited', 'mine']);
});

test('a folder that cannot be made is explained', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  const context = setupContext({ variables: { MLX_SERVE_HOME: join(folder, 'file', 'home') } });
  const locked = withFileLock(join(context.home, 'lock'), python, context, async () => 'never');
  await expect(locked).rejects.toMatchObject({ details: { reason: 'not-writable' } });
});
