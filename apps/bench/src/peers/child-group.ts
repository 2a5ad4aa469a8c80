import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';

const running = new Set<ChildGroup>();

// A benchmark that dies must not leave servers behind that slow the next one down.
process.on('exit', () => {
  for (const group of running) group.signal('SIGKILL');
});

/** A program and everything it starts, ended together by process group. */
export class ChildGroup implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly #name: string;
  readonly #exited: Promise<unknown>;
  #errorTail = '';

  constructor(name: string, command: string, args: readonly string[], options: SpawnOptions) {
    this.#name = name;
    this.child = spawn(command, args, { ...options, detached: true });
    this.#exited = once(this.child, 'exit').finally(() => running.delete(this));
    // The failure to start is reported by whoever awaits `orExit`.
    this.#exited.catch(() => undefined);
    running.add(this);
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errorTail = (this.#errorTail + text).slice(-4000);
    });
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error(`${this.#name} could not be started.`);
    return this.child.pid;
  }

  /** Waits for `promise`, or throws with the end of stderr when the program ends first. */
  async orExit<Value>(promise: Promise<Value>): Promise<Value> {
    const exit = this.#exited.then(() => {
      throw new Error(`${this.#name} ended early. Its last words:\n${this.#errorTail}`);
    });
    return Promise.race([promise, exit]);
  }

  /** The same for starting up: what fails to start is ended. */
  async started<Value>(promise: Promise<Value>): Promise<Value> {
    try {
      return await this.orExit(promise);
    } catch (error) {
      await this[Symbol.asyncDispose]();
      throw error;
    }
  }

  signal(signal: NodeJS.Signals): void {
    if (this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, signal);
    } catch {
      // The group has ended already.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!running.has(this)) return;
    this.signal('SIGTERM');
    const force = setTimeout(() => this.signal('SIGKILL'), 5000);
    await this.#exited.catch(() => undefined);
    clearTimeout(force);
    this.signal('SIGKILL');
  }
}
