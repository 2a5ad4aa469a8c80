export interface RouterOptions {
  /**
   * How far above the mean a worker's load may lie, as a share of it, before requests go elsewhere;
   * the same bounds the number of prefixes that are gathered on one worker.
   */
  readonly tolerance?: number;
  /** Share of its slots that a worker fills whatever the others do. */
  readonly comfort?: number;
  /** Requests beyond its slots that wait on a worker, as a share of them; the rest waits here. */
  readonly ahead?: number;
  /** Blocks remembered of each worker that does not say what it holds. */
  readonly maxLearnedBlocks?: number;
  /** Numbers from 0 to below 1. */
  readonly random?: () => number;
}

export const routerOptions = (options: RouterOptions): Required<RouterOptions> => ({
  tolerance: 0.25,
  comfort: 0.5,
  ahead: 0.25,
  maxLearnedBlocks: 16_384,
  random: Math.random,
  ...options,
});
