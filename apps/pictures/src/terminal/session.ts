import { setTimeout as pause } from 'node:timers/promises';
import { spawn, type IPty } from '@lydell/node-pty';
import headless, { type Terminal } from '@xterm/headless';
import { readRows, type Row, type Size } from './cells.ts';

const LOOK_MS = 30;
const KEY_MS = 45;
const LONGEST_WAIT_MS = 600_000;

export interface Frame {
  /** Milliseconds since the beginning. */
  readonly at: number;
  readonly rows: readonly Row[];
}

/** A program in a pseudo-terminal, and what its screen shows by and by. */
export class Session implements Disposable {
  readonly size: Size;
  readonly frames: Frame[] = [];
  readonly #process: IPty;
  readonly #screen: Terminal;
  readonly #startedAt = performance.now();
  readonly #looking: NodeJS.Timeout;
  #last = '';

  constructor(command: readonly [string, ...string[]], size: Size, env: NodeJS.ProcessEnv) {
    const { columns: cols, rows } = size;
    this.size = size;
    this.#screen = new headless.Terminal({ cols, rows, allowProposedApi: true });
    const [program, ...args] = command;
    this.#process = spawn(program, args, {
      cols,
      rows,
      env: { ...process.env, TERM: 'xterm-256color', ...env },
    });
    this.#process.onData((data) => this.#screen.write(data));
    this.#looking = setInterval(() => this.#look(), LOOK_MS);
  }

  /** Types as a person does. */
  async type(text: string): Promise<void> {
    for (const key of text) {
      this.#process.write(key);
      await pause(KEY_MS);
    }
  }

  /** Until the screen's text matches. */
  async shows(pattern: RegExp): Promise<void> {
    const giveUpAt = performance.now() + LONGEST_WAIT_MS;
    while (!pattern.test(this.text)) {
      if (performance.now() > giveUpAt) {
        throw new Error(`The terminal does not show ${pattern.source}:\n${this.text}`);
      }
      await pause(LOOK_MS);
    }
    this.#look();
  }

  get text(): string {
    const rows = readRows(this.#screen, this.size);
    return rows
      .map((row) =>
        row
          .map(({ text }) => text)
          .join('')
          .trimEnd(),
      )
      .join('\n')
      .trimEnd();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#looking);
    this.#process.kill('SIGKILL');
    this.#screen.dispose();
  }

  #look(): void {
    const rows = readRows(this.#screen, this.size);
    const shown = JSON.stringify(rows);
    if (shown === this.#last) return;
    this.#last = shown;
    this.frames.push({ at: performance.now() - this.#startedAt, rows });
  }
}
