import type { RuntimeConfig } from '@mlx/schemas/config';
import type { FleetOptions } from '@mlx/schemas/fleet';
import type { ModelProcess, OnProcessStart } from '../../runner/model-process.js';
import type { LocateOptions, Runner } from '../../runner/runner.js';
import { invalidParameter } from '../../support/errors.js';
import { Fleet } from './fleet.js';
import { FleetProcess } from './fleet-process.js';
import { unloadAt } from './unload-at.js';

/** Stands where a path would: the files are the workers'. */
const SCHEME = 'fleet:';

/** Runs models on the workers of a fleet. */
export class FleetRunner implements Runner {
  readonly remote = true;
  readonly #fleet: Fleet;

  constructor(options: FleetOptions, config: RuntimeConfig) {
    this.#fleet = new Fleet(options, config);
  }

  async locateModel(model: string, { kind }: LocateOptions): Promise<string> {
    if (kind === 'adapter') {
      throw invalidParameter(
        'adapters',
        'Adapters are loaded where a worker of the fleet is started',
      );
    }
    return `${SCHEME}${model}`;
  }

  async findModel(name: string) {
    return this.#fleet.roster.models.includes(name) ? name : undefined;
  }

  async keptModels(): Promise<readonly string[]> {
    return this.#fleet.roster.models;
  }

  keptAdapters(model: string): readonly string[] {
    return this.#fleet.roster.offer(model).adapters.map(({ name }) => name);
  }

  createProcess(onStart: OnProcessStart, modelPath: string): ModelProcess {
    return new FleetProcess(this.#fleet, modelPath.slice(SCHEME.length), onStart);
  }

  /** Told the name of every model that a worker has ready, once. */
  onModels(listener: (model: string) => void): void {
    const told = new Set<string>();
    const { roster } = this.#fleet;
    roster.on('announced', ({ models }) => {
      for (const { id, ready } of models) {
        if (!ready || told.has(id)) continue;
        told.add(id);
        listener(id);
      }
    });
  }

  /** Takes a model out of the memory of all workers that have it. */
  async unloadModel(model: string): Promise<void> {
    const { roster, bus } = this.#fleet;
    const holders = roster.workers.filter(({ models }) => models.some(({ id }) => id === model));
    await Promise.all(holders.map(({ worker }) => unloadAt(bus, worker, model)));
  }

  close(): Promise<void> {
    return this.#fleet.close();
  }
}
