import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('cli.js', import.meta.resolve('@mlx/server')));

interface WorkerWishes {
  readonly name: string;
  readonly fleet: string;
  readonly model: string;
}

/** One `mlx-serve worker`, which comes back after whatever was done to it. */
export class WorkerProcess implements AsyncDisposable {
  readonly #wishes: WorkerWishes;
  #child: ChildProcess | undefined;

  constructor(wishes: WorkerWishes) {
    this.#wishes = wishes;
  }

  /** Resolves once it has joined the fleet. */
  async start(): Promise<void> {
    const { name, fleet, model } = this.#wishes;
    const words = ['worker', '--fleet', fleet, '--name', name, '--model', model];
    const child = spawn(process.execPath, [cli, ...words, '--log-format', 'json'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      // All share one machine here.
      env: { ...process.env, OPENBLAS_NUM_THREADS: '1' },
    });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      createInterface(child.stderr).on('line', (line) => {
        if (line.includes('"msg":"ready"')) resolve();
      });
      child.once('exit', () => reject(new Error(`The worker ${name} ended before it was ready`)));
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  async exited(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    await once(child, 'exit');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal('SIGKILL');
    await this.exited();
  }
}
