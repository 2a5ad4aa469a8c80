import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { signalGroup } from './signal-group.js';

/** How long output already written may take to arrive after its writer is gone. */
const DRAIN_AFTER_EXIT_MS = 200;

export interface ChildCommand {
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd: string | undefined;
}

export interface ChildEnd {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  /** Set when the command could not be started at all. */
  spawnError: Error | undefined;
}

/** One child in a process group of its own, so that its own children can be ended with it. */
export class ChildHandle {
  /** Settles once the process is gone and its output was read; never rejects. */
  readonly ended: Promise<ChildEnd>;
  readonly #child: ChildProcessWithoutNullStreams;
  #gone = false;

  constructor({ command, args, env, cwd }: ChildCommand) {
    this.#child = spawn(command, args, { env, cwd, detached: true, stdio: 'pipe' });
    this.#child.on('error', () => {});
    // Node makes no pipes when the process is out of file descriptors.
    if (!(this.#child.stdin as Writable | undefined)) throw new Error('too many open files');
    this.ended = new Promise((resolve) => this.#watch(resolve));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get stdin(): Writable {
    return this.#child.stdin;
  }

  get stdout(): Readable {
    return this.#child.stdout;
  }

  get stderr(): Readable {
    return this.#child.stderr;
  }

  /** Signals the whole group; false when there is nobody left to signal. */
  kill(signal: NodeJS.Signals): boolean {
    return !this.#gone && signalGroup(this.#child.pid, signal);
  }

  #watch(resolve: (end: ChildEnd) => void): void {
    const finish = (end: ChildEnd) => {
      this.#gone = true;
      const { stdin, stdout, stderr } = this.#child;
      for (const pipe of [stdin, stdout, stderr]) pipe.destroy();
      resolve(end);
    };
    this.#child.once('error', (spawnError) => {
      if (this.#child.pid === undefined) finish({ exitCode: null, signal: null, spawnError });
    });
    this.#child.once('exit', (exitCode, signal) => {
      // Whatever it had started goes with it, and lets go of the pipes.
      signalGroup(this.#child.pid, 'SIGKILL');
      this.#gone = true;
      const end: ChildEnd = { exitCode, signal, spawnError: undefined };
      const timer = setTimeout(finish, DRAIN_AFTER_EXIT_MS, end);
      this.#child.once('close', () => {
        clearTimeout(timer);
        finish(end);
      });
    });
  }
}
