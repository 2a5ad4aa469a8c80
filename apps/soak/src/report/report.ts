import type { Held } from '../watch/held.ts';
import type { MemoryTrends } from '../watch/memory-watch.ts';

/** What a soak saw; it went well when there is no fault. */
export interface SoakReport {
  readonly seed: number;
  readonly seconds: number;
  readonly models: number;
  readonly concurrency: number;
  readonly requests: number;
  /** Requests by how they ended for their consumer. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Faults that were brought about. */
  readonly injected: Readonly<Record<string, number>>;
  /** Processes of models that were lost. */
  readonly lost: number;
  /** Milliseconds from each loss until the model was loaded again. */
  readonly recoveriesMs: readonly number[];
  /** Different answers asked for, and those that come out the same in any company. */
  readonly recipes: { readonly drawn: number; readonly steady: number };
  readonly compared: number;
  readonly survived: number;
  readonly memory: MemoryTrends;
  readonly held: { readonly calm: Held; readonly rest: Held };
  readonly faultCount: number;
  readonly faults: readonly string[];
}
