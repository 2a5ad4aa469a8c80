import type { Progress } from '../report/progress.ts';

export interface Sides<Result> {
  readonly ours: (round: number) => Promise<Result>;
  readonly reference: (round: number) => Promise<Result>;
}

export interface Pair<Result> {
  readonly ours: Result;
  readonly reference: Result;
}

/**
 * Times both sides in turn and swaps who goes first (A B, B A, …), so that
 * neither always meets a machine the other has warmed or slowed.
 */
export async function alternate<Result>(
  title: string,
  rounds: number,
  progress: Progress,
  sides: Sides<Result>,
): Promise<Pair<Result>[]> {
  const pairs: Pair<Result>[] = [];
  for (let round = 0; round < rounds; round++) {
    progress(`${title}: round ${round + 1} of ${rounds}`);
    if (round % 2 === 0) {
      const ours = await sides.ours(round);
      pairs.push({ ours, reference: await sides.reference(round) });
    } else {
      const reference = await sides.reference(round);
      pairs.push({ ours: await sides.ours(round), reference });
    }
  }
  return pairs;
}
