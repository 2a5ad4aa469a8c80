import type { GenerationStats } from '@mlx/schemas';
import type { AdaptiveLimits } from '../settings.js';

/** Steps by which the limit grows and shrinks; down is the bigger one, so that overload passes quickly. */
const GROW = 1.25;
const SHRINK = 0.75;

/**
 * How many generations may be under way: fewer while they are slower than the
 * targets, more again while they are well below them.
 */
export class AdaptiveLimit {
  readonly #limits: AdaptiveLimits;
  readonly #now: () => number;
  #value: number;
  #adjustedAt: number;
  #load = 0;
  #samples = 0;

  constructor(limits: AdaptiveLimits, start: number, now = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
    this.#value = this.#clamp(start);
    this.#adjustedAt = now();
  }

  get value(): number {
    return this.#value;
  }

  /** Takes a generation that ended well into account. */
  observe({ timeToFirstToken, tokensPerSecond }: GenerationStats): void {
    if (!this.#limits.enabled) return;
    const { target_ttft_ms: targetFirst, target_latency_ms: targetNext } = this.#limits;
    const latencyMs = tokensPerSecond > 0 ? 1000 / tokensPerSecond : 0;
    this.#load += Math.max((timeToFirstToken * 1000) / targetFirst, latencyMs / targetNext);
    this.#samples += 1;
    if (this.#now() - this.#adjustedAt >= this.#limits.adjustment_interval_ms) this.#adjust();
  }

  #adjust(): void {
    const load = this.#load / this.#samples;
    const { scale_up_threshold: up, scale_down_threshold: down } = this.#limits;
    if (load > down) this.#value = this.#clamp(Math.floor(this.#value * SHRINK));
    else if (load < up) this.#value = this.#clamp(Math.ceil(this.#value * GROW));
    this.#adjustedAt = this.#now();
    this.#load = 0;
    this.#samples = 0;
  }

  #clamp(value: number): number {
    const { enabled, min_streams: min, max_streams: max } = this.#limits;
    return enabled ? Math.min(max, Math.max(min, value)) : value;
  }
}
