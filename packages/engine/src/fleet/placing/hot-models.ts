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

/**
 * Which models have had more to do than their workers can for so long that it is no burst. Reads no
 * clock: moments are in milliseconds from any.
 */
export class HotModels {
  readonly #afterMs: number;
  readonly #models = new Map<string, Known>();

  constructor({ afterMs }: HotModelsOptions) {
    this.#afterMs = afterMs;
  }

  /** To be asked every now and then; true: one more worker should have the model. */
  isHot(model: string, { load, slots }: Pressure, now: number): boolean {
    const known = this.#of(model);
    if (load < CALM * slots || load === 0) known.hotSince = undefined;
    else if (load >= slots) known.hotSince ??= now;
    const { hotSince, restsUntil } = known;
    return hotSince !== undefined && now - hotSince >= this.#afterMs && now >= restsUntil;
  }

  /** Another worker has it now: what that changes is waited for. */
  spread(model: string, now: number): void {
    const known = this.#of(model);
    known.hotSince = undefined;
    known.restsUntil = now + RESTS * this.#afterMs;
  }

  /** Nobody here asks for it any more. */
  forget(model: string): void {
    this.#models.delete(model);
  }

  #of(model: string): Known {
    const known = this.#models.get(model) ?? { hotSince: undefined, restsUntil: -Infinity };
    this.#models.set(model, known);
    return known;
  }
}
