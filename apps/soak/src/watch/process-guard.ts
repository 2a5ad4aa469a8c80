/** Collects what would end or trouble a process that does not listen. */
export class ProcessGuard implements Disposable {
  readonly faults: string[] = [];

  constructor() {
    process.on('unhandledRejection', this.#onRejection);
    process.on('uncaughtException', this.#onException);
    process.on('warning', this.#onWarning);
  }

  [Symbol.dispose](): void {
    process.off('unhandledRejection', this.#onRejection);
    process.off('uncaughtException', this.#onException);
    process.off('warning', this.#onWarning);
  }

  readonly #onRejection = (reason: unknown): void => this.#add('unhandled rejection', reason);
  readonly #onException = (error: unknown): void => this.#add('uncaught exception', error);
  readonly #onWarning = (warning: Error): void => this.#add('warning', warning);

  #add(kind: string, reason: unknown): void {
    this.faults.push(`${kind}: ${reason instanceof Error ? reason.stack : String(reason)}`);
  }
}
