import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './paths.mjs';

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** Ctrl-C reaches us from the terminal and again from npm: within this time it is one wish. */
const sameWishMs = 500;

/**
 * Run a server until it ends, forwarding signals; resolves with its exit code.
 * It gets a process group of its own, so that the terminal's Ctrl-C reaches it
 * once, through us: a second signal would mean "at once, without draining".
 */
export function serve(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', detached: true });
    const last = new Map();
    for (const signal of forwarded) {
      process.on(signal, () => {
        const now = performance.now();
        if (now - (last.get(signal) ?? -Infinity) < sameWishMs) return;
        last.set(signal, now);
        child.kill(signal);
      });
    }
    child.once('error', (error) => {
      console.error(`The server could not be started: ${error.message}`);
      resolve(127);
    });
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}
