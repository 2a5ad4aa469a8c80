import { fileURLToPath } from 'node:url';
import { spawn, type IPty } from '@lydell/node-pty';
import { Terminal as Screen } from '@xterm/headless';
import { expect } from 'vitest';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const COLUMNS = 100;
const ROWS = 40;

/** The built `mlx-serve` in a pseudo-terminal, and what a person would see on it. */
export class Terminal implements Disposable {
  readonly exited: Promise<number>;
  readonly #process: IPty;
  readonly #screen = new Screen({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });

  constructor(args: readonly string[], env: Record<string, string> = {}) {
    this.#process = spawn(process.execPath, [cli, ...args], {
      cols: COLUMNS,
      rows: ROWS,
      env: { ...process.env, TERM: 'xterm-256color', ...env },
    });
    this.#process.onData((data) => this.#screen.write(data));
    this.exited = new Promise((resolve) => {
      this.#process.onExit(({ exitCode }) => resolve(exitCode));
    });
  }

  /** All lines so far, without what follows the last text. */
  get text(): string {
    const { active } = this.#screen.buffer;
    const lines = Array.from({ length: active.length }, (_, line) =>
      active.getLine(line)?.translateToString(true),
    );
    return lines.join('\n').trimEnd();
  }

  /** Presses keys: text, or those of `keys`. */
  press(...keys: readonly string[]): void {
    this.#process.write(keys.join(''));
  }

  async shows(pattern: RegExp): Promise<void> {
    await expect.poll(() => this.text, { timeout: 20_000 }).toMatch(pattern);
  }

  [Symbol.dispose](): void {
    this.#process.kill('SIGKILL');
    this.#screen.dispose();
  }
}

/** What a terminal sends for keys without a character. */
export const keys = {
  enter: '\r',
  up: '\u001B[A',
  controlC: '\u0003',
  controlD: '\u0004',
} as const;
