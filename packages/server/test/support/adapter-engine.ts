import type { AdapterInfo, KnownModelInfo, LoadAdapterOptions } from '@mlx/engine';
import { MODEL, ScriptedEngine } from './scripted-engine.js';

/** An engine with adapters beside its model. */
export class AdapterEngine extends ScriptedEngine {
  readonly adapters = new Map([['sql', '/adapters/sql']]);

  async knownModels(): Promise<KnownModelInfo[]> {
    const [handle] = await this.listModels();
    if (!handle) return [];
    const adapters = [...this.adapters.keys()];
    return [{ id: MODEL, state: 'ready', handle, adapters, activeRequests: 0, pinned: false }];
  }

  async listAdapters(): Promise<AdapterInfo[]> {
    return [...this.adapters].map(([name, path]) => this.#info(name, path));
  }

  async loadAdapter({ name, path }: LoadAdapterOptions): Promise<AdapterInfo> {
    this.adapters.set(name, path);
    return this.#info(name, path);
  }

  async unloadAdapter(name: string): Promise<void> {
    this.adapters.delete(name);
  }

  #info(name: string, path: string): AdapterInfo {
    return { name, path, model: MODEL, rank: 8, memoryBytes: 1 };
  }
}
