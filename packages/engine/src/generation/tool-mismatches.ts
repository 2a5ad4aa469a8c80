import type { ToolMismatchEvent } from '@mlx/schemas';
import type { EngineEmitter } from '../events/engine-emitter.js';

/** Calls that models got wrong: told of by an event each, and counted. */
export class ToolMismatches {
  readonly #events: EngineEmitter;
  readonly #counts = new Map<string, number>();

  constructor(events: EngineEmitter) {
    this.#events = events;
  }

  report(mismatch: Omit<ToolMismatchEvent, 'timestamp'>): void {
    const { model } = mismatch;
    this.#counts.set(model, (this.#counts.get(model) ?? 0) + 1);
    this.#events.announce('tool:mismatch', mismatch);
  }

  /** Of one model, or of all. */
  count(model?: string): number {
    if (model !== undefined) return this.#counts.get(model) ?? 0;
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  reset(model?: string): void {
    if (model === undefined) this.#counts.clear();
    else this.#counts.delete(model);
  }
}
