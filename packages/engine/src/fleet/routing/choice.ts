/** Where a request goes, and why. */
export type Choice = Placed | NotPlaced;

export interface Placed {
  readonly type: 'placed';
  readonly workerId: string;
  readonly reason: Reason;
  /** Share of the prompt that the worker is expected to hold computed, 0 to 1. */
  readonly cachedShare: number;
}

export type Reason =
  /** It holds the most of the prompt, of those with room. */
  | 'prefix'
  /** Nobody holds any of it, and this is where its beginning belongs. */
  | 'home'
  /** The prompt has no blocks, or all places of its own are full: the less loaded of two. */
  | 'load';

export type NotPlaced =
  /** Every worker that has the model is full: ask again when a request has finished. */
  | { readonly type: 'full' }
  /** No worker that takes requests has the model ready. */
  | { readonly type: 'absent' };
