import type { Engine } from '@mlx/engine';
import type { EngineEvents } from '@mlx/schemas';

/** Follows the engine's events: each generation ends once, and each lost process comes back. */
export class EventAudit implements Disposable {
  readonly faults: string[] = [];
  /** Milliseconds from the loss of a model's process to its being loaded again. */
  readonly recoveries: number[] = [];
  readonly #engine: Engine;
  readonly #open = new Set<string>();
  readonly #losses = new Map<string, number>();
  readonly #lostAt = new Map<string, number>();
  #generations = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
    engine.on('generation:started', this.#onStarted);
    engine.on('generation:completed', this.#onCompleted);
    engine.on('error', this.#onError);
    engine.on('model:invalidated', this.#onInvalidated);
    engine.on('model:loaded', this.#onLoaded);
  }

  get generations(): number {
    return this.#generations;
  }

  /** Generations that started and have not ended. */
  get open(): readonly string[] {
    return [...this.#open];
  }

  /** How often a model's process was lost so far. */
  losses(model: string): number {
    return this.#losses.get(model) ?? 0;
  }

  get allLosses(): number {
    return [...this.#losses.values()].reduce((sum, count) => sum + count, 0);
  }

  [Symbol.dispose](): void {
    this.#engine.off('generation:started', this.#onStarted);
    this.#engine.off('generation:completed', this.#onCompleted);
    this.#engine.off('error', this.#onError);
    this.#engine.off('model:invalidated', this.#onInvalidated);
    this.#engine.off('model:loaded', this.#onLoaded);
  }

  readonly #onStarted = ({ streamId }: EngineEvents['generation:started']): void => {
    this.#generations += 1;
    this.#open.add(streamId);
  };

  readonly #onCompleted = ({ streamId }: EngineEvents['generation:completed']): void => {
    this.#end(streamId);
  };

  readonly #onError = ({ error, context }: EngineEvents['error']): void => {
    const streamId = context?.['streamId'];
    if (typeof streamId === 'string') this.#end(streamId);
    else this.faults.push(`an error of no generation: ${error.code} ${error.message}`);
  };

  readonly #onInvalidated = ({ model }: EngineEvents['model:invalidated']): void => {
    this.#losses.set(model, this.losses(model) + 1);
    this.#lostAt.set(model, this.#lostAt.get(model) ?? performance.now());
  };

  readonly #onLoaded = ({ model }: EngineEvents['model:loaded']): void => {
    const lostAt = this.#lostAt.get(model);
    if (lostAt === undefined) return;
    this.#lostAt.delete(model);
    this.recoveries.push(performance.now() - lostAt);
  };

  #end(streamId: string): void {
    if (!this.#open.delete(streamId)) this.faults.push(`${streamId} ended twice or never began`);
  }
}
