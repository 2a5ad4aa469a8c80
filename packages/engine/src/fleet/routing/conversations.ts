/** Share that is left when there are too many: the oldest entries of a map are found slowly. */
const KEPT_SHARE = 0.9;

/** The worker of each conversation; those that were quiet for longest are forgotten first. */
export class Conversations {
  readonly #workers = new Map<string, string>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  workerOf(conversation: string): string | undefined {
    return this.#workers.get(conversation);
  }

  moved(conversation: string, workerId: string): void {
    // Deleted first, so that the map's order is that of use.
    this.#workers.delete(conversation);
    this.#workers.set(conversation, workerId);
    if (this.#workers.size <= this.#most) return;
    for (const oldest of this.#workers.keys()) {
      if (this.#workers.size <= this.#most * KEPT_SHARE) return;
      this.#workers.delete(oldest);
    }
  }
}
