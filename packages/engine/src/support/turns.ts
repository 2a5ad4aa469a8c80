/** Changes of one thing, one after the other. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs a change once those before it are over, however they ended. */
  async take<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(change);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
