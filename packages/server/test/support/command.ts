import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** The built `mlx-serve` as its own process. */
export class Command implements AsyncDisposable {
  readonly process: ChildProcess;
  readonly lines: string[] = [];
  readonly exited: Promise<number | null>;
  #onLine: (() => void) | undefined;

  constructor(args: readonly string[], env: Record<string, string> = {}) {
    this.process = spawn(process.execPath, [cli, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // 'close' comes after the last line, 'exit' may come before it.
    this.exited = once(this.process, 'close').then(([code]) => code);
    for (const stream of [this.process.stdout, this.process.stderr]) {
      if (!stream) continue;
      createInterface(stream).on('line', (line) => {
        this.lines.push(line);
        this.#onLine?.();
      });
    }
  }

  get output(): string {
    return this.lines.join('\n');
  }

  /** The first line that matches; rejects when the process ends without it. */
  async line(pattern: RegExp): Promise<string> {
    const ended = this.exited.then(() => {
      throw new Error(`The process ended without ${pattern.source}:\n${this.output}`);
    });
    for (;;) {
      const found = this.lines.find((line) => pattern.test(line));
      if (found !== undefined) {
        ended.catch(() => undefined);
        return found;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onLine = resolve;
      await Promise.race([promise, ended]);
    }
  }

  /** Where it listens, as its log says. */
  async url(): Promise<string> {
    const line = await this.line(/"msg":"listening"/);
    return String(JSON.parse(line).url);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.kill('SIGKILL');
    await this.exited;
  }
}
