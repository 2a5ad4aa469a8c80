import { setImmediate } from 'node:timers/promises';
import { Supervisor, type Sidecar } from '@mlx/bridge';
import { EventEmitter } from 'eventemitter3';
import type { MemoryNeed, OnProcessStart, Runner } from '../../src/index.js';

const GIB = 1024 ** 3;

/** Models in memory without processes: cheap enough to load a thousand of them. */
export class StubRunner implements Runner {
  readonly sizes: ReadonlyMap<string, number>;
  /** Directories of models that are in memory, with their bytes. */
  readonly inMemory = new Map<StubSidecar, number>();
  loads = 0;
  mostBytes = 0;
  mostModels = 0;

  /** @param sizes bytes of each model that is on disk */
  constructor(sizes: Readonly<Record<string, number>>) {
    this.sizes = new Map(Object.entries(sizes));
  }

  async locateModel(model: string): Promise<string> {
    return model;
  }

  async findModel(name: string) {
    return this.sizes.has(name) ? name : undefined;
  }

  async keptModels() {
    return [...this.sizes.keys()];
  }

  async memoryNeed(path: string): Promise<MemoryNeed> {
    return { weightBytes: this.sizes.get(path) ?? 0, cacheBytes: 0 };
  }

  createProcess(onStart: OnProcessStart, path: string): Supervisor {
    const bytes = this.sizes.get(path) ?? 0;
    const createSidecar = () => new StubSidecar(this, bytes) as unknown as Sidecar;
    return new Supervisor({ sidecar: { command: 'none' }, spare: false, onStart, createSidecar });
  }

  took(sidecar: StubSidecar, bytes: number): void {
    this.loads += 1;
    this.inMemory.set(sidecar, bytes);
    const total = [...this.inMemory.values()].reduce((sum, value) => sum + value, 0);
    this.mostBytes = Math.max(this.mostBytes, total);
    this.mostModels = Math.max(this.mostModels, this.inMemory.size);
  }
}

class StubSidecar extends EventEmitter {
  state = 'new';
  exit: object | undefined;
  readonly #runner: StubRunner;
  readonly #bytes: number;

  constructor(runner: StubRunner, bytes: number) {
    super();
    this.#runner = runner;
    this.#bytes = bytes;
  }

  launch(): void {}

  async start(): Promise<object> {
    this.state = 'ready';
    return { device: { kind: 'cpu', name: 'stub', memoryBytes: GIB }, pid: 1 };
  }

  async request(method: string): Promise<object> {
    if (method !== 'load') return { tokens: [1], tokenStrings: ['a'] };
    this.#runner.took(this, this.#bytes);
    await setImmediate();
    const capabilities = { weights: 'float32', samplingDefaults: {} };
    return { weightBytes: this.#bytes, contextLength: 10, traits: '', capabilities };
  }

  async stop(): Promise<object> {
    await setImmediate();
    this.#runner.inMemory.delete(this);
    this.state = 'exited';
    this.exit = { reason: 'stopped' };
    this.emit('exit', this.exit);
    return this.exit;
  }

  stats(): object {
    return {};
  }
}
