import type { Logger } from '../../src/index.js';

type Fields = Record<string, unknown>;

/** Keeps what was logged and waits for what will be. */
export class RecordingLogger implements Logger {
  readonly entries: { readonly message: string; readonly fields: Fields }[] = [];
  #onEntry: (() => void) | undefined;

  debug = (fields: object, message: string): void => this.#record(fields, message);
  info = this.debug;
  warn = this.debug;
  error = this.debug;

  child(): Logger {
    return this;
  }

  async entry(message: string): Promise<Fields> {
    for (;;) {
      const found = this.entries.find((entry) => entry.message === message);
      if (found) return found.fields;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onEntry = resolve;
      await promise;
    }
  }

  #record(fields: object, message: string): void {
    this.entries.push({ message, fields: { ...fields } });
    this.#onEntry?.();
  }
}
