/** The generations under way, to reach them all at once. */
export class ActiveRuns {
  readonly #runs = new Set<{ flush(): void }>();

  /** Returns the function that takes the run out again. */
  add(run: { flush(): void }): () => void {
    this.#runs.add(run);
    return () => {
      this.#runs.delete(run);
    };
  }

  /** Hands out what is being gathered. */
  flush(): void {
    for (const run of this.#runs) run.flush();
  }
}
