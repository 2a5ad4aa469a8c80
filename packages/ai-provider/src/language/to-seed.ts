const LARGEST_DRAWN_SEED = 2 ** 47;

/**
 * Any integer is a seed in the SDK; the engine's start at zero. One is drawn
 * where none was asked for, so that the answer can be written again.
 */
export function toSeed(seed: number | undefined): number {
  if (seed === undefined) return Math.floor(Math.random() * LARGEST_DRAWN_SEED);
  return seed >= 0 ? seed : Number.MAX_SAFE_INTEGER + seed + 1;
}
