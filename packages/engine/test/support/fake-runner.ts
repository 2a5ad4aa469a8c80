import { Supervisor } from '@mlx/bridge';
import { fakeSidecar } from '@mlx/bridge/testing';
import type { FakeScript } from '@mlx/bridge/testing';
import { RuntimeConfigSchema } from '@mlx/schemas/config';
import type { RuntimeConfig, RuntimeConfigInput } from '@mlx/schemas/config';
import type { LocateOptions, OnProcessStart, Runner } from '../../src/index.js';
import { toSidecarOptions, toSupervisorOptions } from '../../src/runner/sidecar-options.js';

/** Runs fake sidecars: real processes, the real protocol, a made-up model. */
export class FakeRunner implements Runner, Disposable {
  readonly processes: Supervisor[] = [];
  /** What was asked for, in order. */
  readonly located: string[] = [];
  /** For how long files have to stay, a signal for each load. */
  readonly holds: AbortSignal[] = [];
  readonly #config: RuntimeConfig;
  readonly #command: ReturnType<typeof fakeSidecar>;

  /** @param scripts the lives of the sidecar, one after the other */
  constructor(config: RuntimeConfigInput = {}, scripts: readonly FakeScript[] = []) {
    this.#config = RuntimeConfigSchema.parse(config);
    this.#command = fakeSidecar(...scripts);
  }

  async locateModel(model: string, { holdUntil, onProgress }: LocateOptions): Promise<string> {
    this.located.push(model);
    if (holdUntil) this.holds.push(holdUntil);
    onProgress?.({ phase: 'fetch', message: 'Fetching', done: 1, total: 1, unit: 'bytes' });
    return `/models/${model}`;
  }

  createProcess(onStart: OnProcessStart): Supervisor {
    const { command, args, env } = this.#command;
    const process = new Supervisor({
      ...toSupervisorOptions(this.#config),
      spare: false,
      onStart,
      sidecar: { ...toSidecarOptions(this.#config), command, args, env },
    });
    this.processes.push(process);
    return process;
  }

  [Symbol.dispose](): void {
    this.#command[Symbol.dispose]();
  }
}
