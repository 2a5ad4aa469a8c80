import type { WireMethod } from '@mlx/schemas/wire';
import type { FakeAction, FakeFault } from './script.js';

/** Decides when the faults of a script happen. Each happens once. */
export class FakeFaults {
  readonly #faults: readonly FakeFault[];
  readonly #seen = new Map<WireMethod, number>();

  constructor(faults: readonly FakeFault[]) {
    this.#faults = faults;
  }

  /** Token counts at which something happens. */
  get tokenCounts(): Set<number> {
    return new Set(this.#faults.flatMap(({ when }) => ('tokens' in when ? [when.tokens] : [])));
  }

  /** What the arrival of a request brings about. */
  onRequest(method: WireMethod): FakeAction[] {
    const nth = (this.#seen.get(method) ?? 0) + 1;
    this.#seen.set(method, nth);
    return this.#actions(
      (when) => 'request' in when && when.request === method && (when.nth ?? 1) === nth,
    );
  }

  onTokens(sent: number): FakeAction[] {
    return this.#actions((when) => 'tokens' in when && when.tokens === sent);
  }

  timed(): { afterMs: number; action: FakeAction }[] {
    return this.#faults.flatMap(({ when, action }) =>
      'afterMs' in when ? [{ afterMs: when.afterMs, action }] : [],
    );
  }

  #actions(matches: (when: FakeFault['when']) => boolean): FakeAction[] {
    return this.#faults.filter(({ when }) => matches(when)).map(({ action }) => action);
  }
}
