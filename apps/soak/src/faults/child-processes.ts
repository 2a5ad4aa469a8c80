import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';

const CHANNEL = 'child_process';

/** The children of this process by id, without anybody's help: Node tells of each it starts. */
export class ChildProcesses implements Disposable {
  readonly #children = new Map<number, ChildProcess>();

  constructor() {
    subscribe(CHANNEL, this.#onStart);
  }

  get(pid: number): ChildProcess | undefined {
    return this.#children.get(pid);
  }

  [Symbol.dispose](): void {
    unsubscribe(CHANNEL, this.#onStart);
  }

  readonly #onStart = (message: unknown): void => {
    const { process: child } = message as { process: ChildProcess };
    child.once('spawn', () => {
      const { pid } = child;
      if (pid === undefined) return;
      this.#children.set(pid, child);
      child.once('exit', () => this.#children.delete(pid));
    });
  };
}
