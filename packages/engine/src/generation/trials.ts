/** A request's place among those that a process works on. */
export interface Place {
  /** True when it had the process to itself from its start. */
  readonly alone: boolean;
  /** Lets others in beside it. */
  share(): void;
  leave(): void;
}

interface Waiting {
  readonly alone: boolean;
  readonly enter: () => void;
}

/**
 * Who may be at work on one process at the same time. All are, unless one of them is
 * to be tried alone, as it was in flight for crashes whose cause is not known: it waits
 * for the others to end, and those that come after it wait for it.
 */
export class Trials {
  readonly #inside = new Set<TakenPlace>();
  readonly #waiting: Waiting[] = [];

  /** Calls `enter` with a place as soon as there is one; at once, as a rule. Returns a way to give up waiting. */
  enter(alone: boolean, enter: (place: Place) => void): () => void {
    const waiting: Waiting = { alone, enter: () => enter(this.#take(alone)) };
    const position = alone ? this.#waiting.findLastIndex((other) => other.alone) + 1 : undefined;
    this.#waiting.splice(position ?? this.#waiting.length, 0, waiting);
    this.#admit();
    return () => {
      const index = this.#waiting.indexOf(waiting);
      if (index === -1) return;
      this.#waiting.splice(index, 1);
      this.#admit();
    };
  }

  #take(alone: boolean): Place {
    const place = new TakenPlace(alone, this.#inside, () => this.#admit());
    for (const other of this.#inside) other.alone = false;
    if (this.#inside.size > 0) place.alone = false;
    this.#inside.add(place);
    return place;
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const isTrial = [...this.#inside].some((place) => place.exclusive);
      if (isTrial || (next.alone && this.#inside.size > 0)) return;
      this.#waiting.shift();
      next.enter();
    }
  }
}

class TakenPlace implements Place {
  alone = true;
  exclusive: boolean;
  readonly #inside: Set<TakenPlace>;
  readonly #changed: () => void;

  constructor(exclusive: boolean, inside: Set<TakenPlace>, changed: () => void) {
    this.exclusive = exclusive;
    this.#inside = inside;
    this.#changed = changed;
  }

  share(): void {
    if (!this.exclusive) return;
    this.exclusive = false;
    this.#changed();
  }

  leave(): void {
    if (this.#inside.delete(this)) this.#changed();
  }
}
