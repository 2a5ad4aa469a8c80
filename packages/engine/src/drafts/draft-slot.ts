import type { AttachedDraft } from './attached-draft.js';

/** The place for one draft model beside a model; changes of it happen one after the other. */
export class DraftSlot {
  #draft: AttachedDraft | undefined;
  #last: Promise<unknown> = Promise.resolve();

  get draft(): AttachedDraft | undefined {
    return this.#draft;
  }

  attach(draft: AttachedDraft): void {
    this.#draft = draft;
  }

  detach(): void {
    this.#draft?.release();
    this.#draft = undefined;
  }

  /** Runs a change once those before it are over. */
  async inTurn<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(change);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
