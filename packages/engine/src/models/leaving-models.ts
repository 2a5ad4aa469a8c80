import type { ManagedModel } from './managed-model.js';

/** Models that take no more calls, and stay until those they have are over. */
export class LeavingModels {
  readonly #gone = new Map<ManagedModel, Promise<void>>();

  /** Calls `end` once no call uses the model, and resolves when that is done. */
  async leave(model: ManagedModel, end: () => Promise<void>): Promise<void> {
    const gone = model.whenIdle().then(end);
    this.#gone.set(model, gone);
    try {
      await gone;
    } finally {
      this.#gone.delete(model);
    }
  }

  /** Waits for no call any more. */
  async endAll(): Promise<void> {
    for (const model of this.#gone.keys()) model.stopWaiting();
    await Promise.all(this.#gone.values());
  }
}
