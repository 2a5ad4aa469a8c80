import type { Engine, EngineOptions } from '@mlx/engine';

type CreateEngine = (options?: EngineOptions) => Engine;

/** What ends an engine; a lent one goes on for the next. */
const ENDS: ReadonlySet<string | symbol> = new Set(['shutdown', 'dispose', Symbol.asyncDispose]);

/** Lends one engine, with its model loaded, to one example after the other: starting costs most of their time. */
export class EngineLender {
  /** Whether who asks now may have the one that others had. */
  lends = false;
  #shared: Engine | undefined;

  create(createEngine: CreateEngine, options?: EngineOptions): Engine {
    if (!this.lends || options !== undefined) return createEngine(options);
    this.#shared ??= createEngine();
    return lent(this.#shared);
  }

  async end(): Promise<void> {
    await this.#shared?.shutdown();
  }
}

function lent(engine: Engine): Engine {
  return new Proxy(engine, {
    get(target, name) {
      if (ENDS.has(name)) return async () => undefined;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
