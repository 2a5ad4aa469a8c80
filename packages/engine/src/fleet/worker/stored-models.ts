import type { StoredModel } from '@mlx/schemas/fleet';
import type { KnownModels } from '../../models/known-models.js';

/** How often the models on disk are looked through. */
const LOOK_EVERY_MS = 2000;

type Known = Pick<KnownModels, 'ids' | 'adapterNames' | 'memoryBytes'>;

/** The models that a worker may load, and what each will take. */
export class StoredModels {
  readonly #known: Known;
  readonly #timer: NodeJS.Timeout;
  /** Files are read once: they stay what they are. */
  readonly #bytes = new Map<string, number | undefined>();
  #all: readonly StoredModel[] = [];

  constructor(known: Known) {
    this.#known = known;
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS);
    void this.#look();
  }

  get all(): readonly StoredModel[] {
    return this.#all;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    try {
      const ids = await this.#known.ids();
      for (const id of this.#bytes.keys()) if (!ids.includes(id)) this.#bytes.delete(id);
      this.#all = await Promise.all(ids.map((id) => this.#describe(id)));
    } catch {
      // What was there before is still announced; a load says what is wrong.
    }
  }

  async #describe(id: string): Promise<StoredModel> {
    const adapters = [...this.#known.adapterNames(id)];
    if (!this.#bytes.has(id)) this.#bytes.set(id, await this.#known.memoryBytes(id));
    const memoryBytes = this.#bytes.get(id);
    return memoryBytes === undefined ? { id, adapters } : { id, adapters, memoryBytes };
  }
}
