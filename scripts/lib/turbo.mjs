import { pnpmCommand } from './pnpm.mjs';
import { run } from './run.mjs';

/** Run a task in every package; through pnpm, because turbo looks for it on PATH. */
export function turbo(task, ...options) {
  const [command, ...args] = pnpmCommand('exec', 'turbo', 'run', task, ...options);
  return run(command, args);
}
