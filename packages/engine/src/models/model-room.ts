import { EngineClientError } from '@mlx/schemas';
import type { EvictionStrategy } from '../settings.js';
import { byStrategy, evictable } from './eviction.js';
import type { ManagedModel } from './managed-model.js';

/** A load that waits so long while every model is in use gets the place of one that takes no more calls. */
const PATIENCE_MS = 10_000;

export interface RoomRules {
  readonly maxModels: number;
  /** Bytes of all models together; one alone may take more. */
  readonly budgetBytes: number;
  readonly strategy: EvictionStrategy;
  /** Takes no more calls for a model, waits for those it has and ends it. */
  readonly retire: (model: ManagedModel) => Promise<void>;
}

export interface RoomRequest {
  readonly model: ManagedModel;
  readonly bytes: number;
  readonly signal: AbortSignal;
  /** False: refused at once where every model is in use. */
  readonly patient: boolean;
}

interface Waiting extends RoomRequest {
  readonly grant: () => void;
  readonly refuse: (error: unknown) => void;
  /** May take the place of a model in use. */
  pressing: boolean;
}

/**
 * Who is in memory. Loads get room in the order in which they came; idle
 * models make room, the first to go first, and one that runs never does.
 */
export class ModelRoom {
  readonly #rules: RoomRules;
  readonly #places = new Map<ManagedModel, number>();
  readonly #leaving = new Set<ManagedModel>();
  readonly #queue: Waiting[] = [];

  constructor(rules: RoomRules) {
    this.#rules = rules;
  }

  /** Bytes of all models that have room, those that are ending included. */
  get usedBytes(): number {
    return bytesOf(this.#places.values());
  }

  bytesOf(model: ManagedModel): number | undefined {
    return this.#places.get(model);
  }

  /** Waits for room; throws Overloaded where there can be none, and the signal's reason. */
  take(request: RoomRequest): Promise<void> {
    const { signal, patient } = request;
    signal.throwIfAborted();
    return new Promise<void>((resolve, reject) => {
      const settle = (end: () => void) => () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        end();
      };
      const waiting: Waiting = {
        ...request,
        grant: settle(resolve),
        refuse: (error) => settle(() => reject(error))(),
        pressing: false,
      };
      const onAbort = () => {
        this.#queue.splice(this.#queue.indexOf(waiting), 1);
        waiting.refuse(signal.reason);
        this.changed();
      };
      const timer = patient ? setTimeout(() => this.#press(waiting), PATIENCE_MS) : undefined;
      signal.addEventListener('abort', onAbort, { once: true });
      this.#queue.push(waiting);
      this.changed();
    });
  }

  /** Corrects what a model takes. */
  resize(model: ManagedModel, bytes: number): void {
    if (this.#places.has(model)) this.#places.set(model, bytes);
    this.changed();
  }

  /**
   * Makes room for what is loaded beside a model that has its own, at the cost of idle ones; throws
   * Overloaded where there can be none.
   */
  async grow(model: ManagedModel, bytes: number): Promise<void> {
    const { budgetBytes } = this.#rules;
    while (this.#places.size > 1 && this.usedBytes + bytes > budgetBytes) {
      if (!(await this.makeMore(model))) throw this.#noRoom();
    }
    this.resize(model, Math.max(0, (this.bytesOf(model) ?? 0) + bytes));
  }

  /** The model has ended. */
  leave(model: ManagedModel): void {
    this.#leaving.delete(model);
    if (this.#places.delete(model)) this.changed();
  }

  /** A model has become idle, or has gone. */
  changed(): void {
    for (let first = this.#queue[0]; first !== undefined; first = this.#queue[0]) {
      if (!this.#serve(first)) return;
      this.#queue.shift();
    }
  }

  /** Frees memory for a model that has room and turned out to need more; false where nothing is idle. */
  async makeMore(except: ManagedModel): Promise<boolean> {
    const victim = this.#idle().find((model) => model !== except);
    if (victim === undefined) return false;
    await this.#retire(victim);
    return true;
  }

  /** Whether the load no longer waits. */
  #serve(waiting: Waiting): boolean {
    if (this.#fits(waiting, this.#places.keys())) {
      this.#places.set(waiting.model, waiting.bytes);
      waiting.grant();
      return true;
    }
    while (!this.#fits(waiting, this.#staying())) {
      const [victim] = waiting.pressing ? this.#inOrder() : this.#idle();
      if (victim === undefined) {
        if (waiting.patient) return false;
        waiting.refuse(this.#noRoom());
        return true;
      }
      void this.#retire(victim);
    }
    return false;
  }

  #fits({ bytes }: Waiting, models: Iterable<ManagedModel>): boolean {
    const taken = [...models].map((model) => this.#places.get(model) ?? 0);
    if (taken.length === 0) return true;
    const { maxModels, budgetBytes } = this.#rules;
    return taken.length < maxModels && bytesOf(taken) + bytes <= budgetBytes;
  }

  #staying(): ManagedModel[] {
    return [...this.#places.keys()].filter((model) => !this.#leaving.has(model));
  }

  #idle(): ManagedModel[] {
    return evictable(this.#staying(), this.#rules.strategy);
  }

  #inOrder(): ManagedModel[] {
    const loaded = this.#staying().filter(({ pinned, facts }) => !pinned && facts !== undefined);
    return byStrategy(loaded, this.#rules.strategy);
  }

  async #retire(model: ManagedModel): Promise<void> {
    this.#leaving.add(model);
    await this.#rules.retire(model);
    this.leave(model);
  }

  #press(waiting: Waiting): void {
    waiting.pressing = true;
    this.changed();
  }

  #noRoom(): EngineClientError {
    const { maxModels, budgetBytes } = this.#rules;
    const full = this.#places.size >= maxModels;
    const limit = full
      ? `${maxModels} models are loaded, which is the limit (model.max_loaded_models),`
      : `The loaded models leave too little of the ${toGib(budgetBytes)} for models (model.memory_budget_bytes),`;
    const type = full ? 'too_many_models' : 'memory_budget';
    return new EngineClientError(
      'Overloaded',
      `${limit} and all are in use. Unload one or try again later.`,
      { details: { type, limit: full ? maxModels : budgetBytes, retryAfter: 1 } },
    );
  }
}

const bytesOf = (sizes: Iterable<number>) => [...sizes].reduce((sum, bytes) => sum + bytes, 0);

const toGib = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
