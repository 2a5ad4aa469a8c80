import type { Runner } from '../runner/runner.js';
import type { EngineSettings } from '../settings.js';
import type { AdapterSource } from './adapter-shelf.js';
import type { AttachedDraft } from './draft-slot.js';
import { planLoad, type LoadPlan } from './load-plan.js';

/** How long a model stays. */
export interface KeepOptions {
  /** Milliseconds without use; -1: until others need the room. */
  readonly keepAliveMs?: number | undefined;
  /** Never makes room for others. */
  readonly pinned?: boolean | undefined;
}

/** What it takes to load a model that somebody named before. */
export interface KnownModel extends KeepOptions {
  readonly plan: LoadPlan;
  /** Stays known when it is unloaded. */
  readonly registered: boolean;
  /** Drafted for it when it left. */
  readonly draft?: AttachedDraft | undefined;
  /** Were loaded beside it when it left. */
  readonly adapters?: readonly AdapterSource[] | undefined;
}

/** A model that makes room for others. */
interface Leaving {
  readonly id: string;
  readonly drafts: { readonly draft: AttachedDraft | undefined };
  readonly adapters: { readonly all: readonly AdapterSource[] };
}

/** The models that a request may name, loaded or not. */
export class KnownModels {
  readonly #runner: Runner;
  readonly #settings: Pick<EngineSettings, 'loadOnDemand'>;
  readonly #models = new Map<string, KnownModel>();

  constructor(runner: Runner, settings: Pick<EngineSettings, 'loadOnDemand'>) {
    this.#runner = runner;
    this.#settings = settings;
  }

  register(plan: LoadPlan, keep: KeepOptions): void {
    this.#models.set(plan.descriptor.id, { plan, ...keep, registered: true });
  }

  /** It was loaded by hand: when it has made room for others it can come back. */
  loaded(plan: LoadPlan, keep: KeepOptions): void {
    const { id } = plan.descriptor;
    const registered = this.#models.get(id)?.registered ?? false;
    this.#models.set(id, { plan, ...keep, registered });
  }

  /** It made room for others. */
  left({ id, drafts: { draft }, adapters: { all: adapters } }: Leaving): void {
    const known = this.#models.get(id);
    if (known) this.#models.set(id, { ...known, draft, adapters });
  }

  /** It was unloaded by hand, or could not be loaded. */
  forget(id: string): void {
    if (this.#models.get(id)?.registered === false) this.#models.delete(id);
  }

  /** How to load the model of that name; undefined where no request may have it loaded. */
  async find(id: string): Promise<KnownModel | undefined> {
    const { loadOnDemand } = this.#settings;
    if (loadOnDemand === 'never') return undefined;
    const known = this.#models.get(id);
    if (known) return known;
    const found = await this.#runner.findModel?.(id, { download: loadOnDemand === 'download' });
    return found === undefined ? undefined : { plan: planLoad(found), registered: false };
  }

  get plans(): LoadPlan[] {
    return [...this.#models.values()].map(({ plan }) => plan);
  }

  /** Names of the adapters that will be loaded together with a model. */
  adapterNames(id: string): readonly string[] {
    const known = this.#models.get(id);
    const own = (known?.adapters ?? known?.plan.adapters ?? []).map(({ name }) => name);
    return [...new Set([...own, ...(this.#runner.keptAdapters?.(id) ?? [])])];
  }

  /** Bytes that a model will take; undefined where its files do not tell. */
  async memoryBytes(id: string): Promise<number | undefined> {
    const known = await this.find(id);
    if (known === undefined) return undefined;
    const need = await this.#runner.memoryNeed?.(known.plan.descriptor.path, known.plan);
    return need && need.weightBytes + need.cacheBytes;
  }

  /** Ids of all that are here: the named ones first, in the order in which they were named. */
  async ids(): Promise<string[]> {
    if (this.#settings.loadOnDemand === 'never') return [];
    const kept = (await this.#runner.keptModels?.()) ?? [];
    return [...new Set([...this.#models.keys(), ...kept])];
  }

  get size(): number {
    return this.#settings.loadOnDemand === 'never' ? 0 : this.#models.size;
  }
}
