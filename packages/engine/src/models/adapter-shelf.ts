import type { WireParams, WireResult } from '@mlx/schemas/wire';
import { Turns } from '../support/turns.js';

/** An adapter as it was asked for. */
export interface AdapterSource {
  readonly name: string;
  /** A directory or a repository. */
  readonly path: string;
  readonly revision?: string | undefined;
}

/** An adapter in the process of its model. */
export interface AttachedAdapter extends AdapterSource {
  /** Sent to every life of the process. */
  readonly params: WireParams<'loadAdapter'>;
  readonly loaded: WireResult<'loadAdapter'>;
  /** Lets its files go. */
  readonly release: () => void;
}

/** What callers see of an adapter. */
export interface AdapterInfo {
  readonly name: string;
  readonly model: string;
  /** Its directory. */
  readonly path: string;
  /** The highest of its layers. */
  readonly rank: number;
  readonly memoryBytes: number;
}

/** The adapters beside a model; changes of them happen one after the other. */
export class AdapterShelf {
  /** Loaded together with the model. */
  readonly wanted: readonly AdapterSource[];
  readonly turns = new Turns();
  readonly #adapters = new Map<string, AttachedAdapter>();

  constructor(wanted: readonly AdapterSource[] = []) {
    this.wanted = wanted;
  }

  get all(): readonly AttachedAdapter[] {
    return [...this.#adapters.values()];
  }

  /** Bytes of all, and of what rows with different ones need to share a step. */
  get memoryBytes(): number {
    const own = this.all.reduce((sum, { loaded }) => sum + loaded.memoryBytes, 0);
    return this.#adapters.size > 1 ? 2 * own : own;
  }

  get(name: string): AttachedAdapter | undefined {
    return this.#adapters.get(name);
  }

  attach(adapter: AttachedAdapter): void {
    this.#adapters.set(adapter.name, adapter);
  }

  detach(name: string): void {
    this.#adapters.get(name)?.release();
    this.#adapters.delete(name);
  }

  clear(): void {
    for (const { name } of this.all) this.detach(name);
  }

  infos(model: string): AdapterInfo[] {
    return this.all.map(({ name, params: { path }, loaded: { rank, memoryBytes } }) => ({
      name,
      model,
      path,
      rank,
      memoryBytes,
    }));
  }
}
