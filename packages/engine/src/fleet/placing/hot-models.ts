import type { Pressure } from '../routing/index.js';

/** Below this share of its slots a model is not hot any more; between the two nothing changes. */
const CALM = 0.75;
/** What a new worker takes over shows after so many times what it took to become hot. */
const RESTS = 5;

interface HotModelsOptions {
  /** How long the slots have to be taken, in milliseconds. */
  readonly afterMs: number;
}

interface Known {
  hotSince: number | undefined;
  restsUntil: number;
}

/** Requests for an adapter of the model, or of any kind. */
type Adapter = string | undefined;

/**
 * Which models, and adapters of them, have had more to do than their workers can for so long that
 * it is no burst. Reads no clock: moments are in milliseconds from any.
 */
export class HotModels {
  readonly #afterMs: number;
  readonly #models = new Map<string, Map<Adapter, Known>>();

  constructor({ afterMs }: HotModelsOptions) {
    this.#afterMs = afterMs;
  }

  /** To be asked every now and then; true: one more worker should have it. */
  isHot(model: string, { load, slots }: Pressure, now: number, adapter?: string): boolean {
    const known = this.#of(model, adapter);
    if (load < CALM * slots || load === 0) known.hotSince = undefined;
    else if (load >= slots) known.hotSince ??= now;
    const { hotSince, restsUntil } = known;
    return hotSince !== undefined && now - hotSince >= this.#afterMs && now >= restsUntil;
  }

  /** Another worker has it now: what that changes is waited for. */
  spread(model: string, now: number, adapter?: string): void {
    const known = this.#of(model, adapter);
    known.hotSince = undefined;
    known.restsUntil = now + RESTS * this.#afterMs;
  }

  /** Nobody here asks for the model any more, nor for its adapters. */
  forget(model: string): void {
    this.#models.delete(model);
  }

  #of(model: string, adapter: Adapter): Known {
    const adapters = this.#models.get(model) ?? new Map<Adapter, Known>();
    this.#models.set(model, adapters);
    const known = adapters.get(adapter) ?? { hotSince: undefined, restsUntil: -Infinity };
    adapters.set(adapter, known);
    return known;
  }
}
