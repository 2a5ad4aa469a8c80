import type { GenerationStats } from '@mlx/schemas';

/** Counts that not every answer has. */
const counts = [
  'reasoningTokens',
  'draftTokensAccepted',
  'acceptedPredictionTokens',
  'rejectedPredictionTokens',
] as const satisfies readonly (keyof GenerationStats)[];

/** The stats of a request with several answers: their tokens together, over the time they took together. */
export function combineStats(
  first: GenerationStats,
  ...rest: readonly GenerationStats[]
): GenerationStats {
  if (rest.length === 0) return first;
  const all = [first, ...rest];
  const sum = (count: (stats: GenerationStats) => number | undefined) =>
    all.reduce((total, stats) => total + (count(stats) ?? 0), 0);
  const present = counts.filter((name) => first[name] !== undefined);
  return {
    ...first,
    ...Object.fromEntries(present.map((name) => [name, sum((stats) => stats[name])])),
    tokensGenerated: sum((stats) => stats.tokensGenerated),
    tokensPerSecond: sum((stats) => stats.tokensPerSecond),
    timeToFirstToken: Math.min(...all.map((stats) => stats.timeToFirstToken)),
    totalTime: Math.max(...all.map((stats) => stats.totalTime)),
  };
}
