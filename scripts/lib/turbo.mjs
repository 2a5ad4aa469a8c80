import { pnpmCommand } from './pnpm.mjs';
import { run } from './run.mjs';

/**
 * Run a task in every package: through pnpm, because turbo looks for it on
 * PATH, and with all variables, because proxies and mirrors are set in them.
 */
export function turbo(task, ...options) {
  const all = ['--env-mode=loose', ...options];
  const [command, ...args] = pnpmCommand('exec', 'turbo', 'run', task, ...all);
  return run(command, args);
}
