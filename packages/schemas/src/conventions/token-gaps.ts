/** Bucket borders of the time between two tokens of an answer, in seconds. */
export const gapBorders: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5,
  10,
];

/** The bucket of a gap: the first whose border it does not exceed, or the one behind all borders. */
export function indexOfGap(seconds: number): number {
  let index = 0;
  while (seconds > (gapBorders[index] ?? Number.POSITIVE_INFINITY)) index += 1;
  return index;
}
