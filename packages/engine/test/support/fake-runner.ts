import { Sidecar } from '@mlx/bridge';
import { fakeSidecar } from '@mlx/bridge/testing';
import type { FakeScript } from '@mlx/bridge/testing';
import type { LocateOptions, ModelProcess, Runner } from '../../src/index.js';

/** Runs fake sidecars: real processes, the real protocol, a made-up model. */
export class FakeRunner implements Runner, Disposable {
  readonly processes: Sidecar[] = [];
  readonly #command: ReturnType<typeof fakeSidecar>;

  /** @param scripts the lives of the sidecar, one after the other */
  constructor(...scripts: FakeScript[]) {
    this.#command = fakeSidecar(...scripts);
  }

  async locateModel(model: string, { onProgress }: LocateOptions): Promise<string> {
    onProgress?.({ phase: 'fetch', message: 'Fetching', done: 1, total: 1, unit: 'bytes' });
    return `/models/${model}`;
  }

  createProcess(): ModelProcess {
    const { command, args, env } = this.#command;
    const process = new Sidecar({ command, args, env, shutdownTimeoutMs: 1000 });
    this.processes.push(process);
    return process;
  }

  [Symbol.dispose](): void {
    this.#command[Symbol.dispose]();
  }
}
