import type { ModelRegistry } from '../../models/model-registry.js';

/** How often models are asked what they keep; gateways know of their own requests before. */
const ASK_EVERY_MS = 2000;
/** Gateways that came later than the last change hear of it within this. */
const TELL_AGAIN_MS = 10_000;
/** A message has to hold it. */
const LONGEST = 524_288;

interface Kept {
  readonly blocks: string;
  /** `performance.now()`; undefined: not yet. */
  toldAt: number | undefined;
}

/** What the prefix caches of a worker's models hold, as gateways are told it: when it changes. */
export class KeptBlocks {
  readonly #models: Pick<ModelRegistry, 'models'>;
  readonly #kept = new Map<string, Kept>();
  readonly #timer: NodeJS.Timeout;
  #asking = false;

  constructor(models: Pick<ModelRegistry, 'models'>) {
    this.#models = models;
    this.#timer = setInterval(() => void this.#ask(), ASK_EVERY_MS);
  }

  /** For the next announcement; undefined where gateways know it. */
  take(model: string): string | undefined {
    const kept = this.#kept.get(model);
    const now = performance.now();
    if (kept === undefined || now - (kept.toldAt ?? -Infinity) < TELL_AGAIN_MS) return undefined;
    kept.toldAt = now;
    return kept.blocks;
  }

  /** Somebody new asks: all is told again. */
  tellAgain(): void {
    for (const kept of this.#kept.values()) kept.toldAt = undefined;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #ask(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const ready = this.#models.models.filter(({ state }) => state === 'ready');
    await Promise.all(ready.map(({ id, process }) => this.#askOne(id, process)));
    const ids = new Set(ready.map(({ id }) => id));
    for (const id of this.#kept.keys()) if (!ids.has(id)) this.#kept.delete(id);
    this.#asking = false;
  }

  async #askOne(id: string, process: ModelRegistry['models'][number]['process']): Promise<void> {
    try {
      const stats = await process?.request('stats', { keptBlocks: true }, {});
      const blocks = stats?.keptBlocks;
      if (blocks === undefined || blocks.length > LONGEST) return;
      if (this.#kept.get(id)?.blocks !== blocks) this.#kept.set(id, { blocks, toldAt: undefined });
    } catch {
      // Its process died or is busy; gateways learn of the first from the announcements.
    }
  }
}
