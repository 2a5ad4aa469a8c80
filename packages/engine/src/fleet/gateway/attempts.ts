/** What happened to a request so far. */
export interface Attempt {
  /** Workers that were lost while they worked on it. */
  readonly failed: Set<string>;
  /** Of the model that began to answer it: only an equal one can go on. */
  fingerprint: string | undefined;
}

/** Requests that were lost and not sent again are forgotten, the oldest first. */
const REMEMBERED = 10_000;

/** Requests that may come again, by their stream ids. */
export class Attempts {
  readonly #attempts = new Map<string, Attempt>();

  of(streamId: string): Attempt {
    const known = this.#attempts.get(streamId);
    if (known !== undefined) return known;
    const attempt: Attempt = { failed: new Set(), fingerprint: undefined };
    this.#attempts.set(streamId, attempt);
    const [oldest] = this.#attempts.keys();
    if (this.#attempts.size > REMEMBERED && oldest !== undefined) this.#attempts.delete(oldest);
    return attempt;
  }

  /** It ended in some other way than by the loss of its worker. */
  over(streamId: string): void {
    this.#attempts.delete(streamId);
  }
}
