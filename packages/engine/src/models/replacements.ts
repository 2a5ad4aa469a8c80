import { modelNotLoaded } from '../support/errors.js';
import { SharedTask } from '../support/shared-task.js';
import type { ManagedModel } from './managed-model.js';
import type { ModelLoader } from './model-loader.js';
import type { ModelRoom } from './model-room.js';

/** Models that are loaded beside those whose files have changed. */
export class Replacements {
  readonly #loader: ModelLoader;
  readonly #room: ModelRoom;
  readonly #loads = new WeakMap<ManagedModel, SharedTask<void>>();

  constructor(loader: ModelLoader, room: ModelRoom) {
    this.#loader = loader;
    this.#room = room;
  }

  /** Resolves when `next` can take over; undefined where `model` is gone, or its files have changed again. */
  async bringUp(model: ManagedModel, next: ManagedModel): Promise<SharedTask<void> | undefined> {
    const load = new SharedTask((signal) =>
      this.#loader.load(next, { signal, onProgress: () => {}, patient: true }),
    );
    const giveUp = () => load.cancel(modelNotLoaded(model.id, []));
    // What an earlier change began to load is outdated.
    this.#loads.get(model)?.cancel(modelNotLoaded(model.id, []));
    this.#loads.set(model, load);
    model.onClose(giveUp);
    try {
      await load.join(new AbortController().signal);
      return load;
    } catch (thrown) {
      this.#room.leave(next);
      if (load.cancelled) return undefined;
      throw thrown;
    }
  }
}
