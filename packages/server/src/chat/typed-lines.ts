import type { Interface } from 'node:readline';

/** Lines as they are typed; what comes before it is asked for waits. */
export class TypedLines {
  readonly #lines: Interface;
  readonly #typed: string[] = [];
  #waiting: ((line: string | undefined) => void) | undefined;
  #closed = false;

  constructor(lines: Interface) {
    this.#lines = lines;
    lines.on('line', (line) => {
      if (this.#waiting) this.#give(line);
      else this.#typed.push(line);
    });
    lines.once('close', () => {
      this.#closed = true;
      this.#give(undefined);
    });
  }

  /** Undefined when there will be no more. */
  next(prompt: string): Promise<string | undefined> {
    const line = this.#typed.shift();
    if (line !== undefined || this.#closed) return Promise.resolve(line);
    this.#lines.setPrompt(prompt);
    this.#lines.prompt();
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  #give(line: string | undefined): void {
    this.#waiting?.(line);
    this.#waiting = undefined;
  }
}
