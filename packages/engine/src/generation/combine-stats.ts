import type { GenerationStats } from '@mlx/schemas';

/** The stats of a request with several answers: their tokens together, over the time they took together. */
export function combineStats(
  first: GenerationStats,
  ...rest: readonly GenerationStats[]
): GenerationStats {
  if (rest.length === 0) return first;
  const all = [first, ...rest];
  const tokensGenerated = all.reduce((sum, stats) => sum + stats.tokensGenerated, 0);
  const reasoningTokens = all.reduce((sum, stats) => sum + (stats.reasoningTokens ?? 0), 0);
  const draftTokensAccepted = all.reduce((sum, stats) => sum + (stats.draftTokensAccepted ?? 0), 0);
  const totalTime = Math.max(...all.map((stats) => stats.totalTime));
  return {
    ...first,
    tokensGenerated,
    ...(first.reasoningTokens === undefined ? {} : { reasoningTokens }),
    ...(first.draftTokensAccepted === undefined ? {} : { draftTokensAccepted }),
    tokensPerSecond: all.reduce((sum, stats) => sum + stats.tokensPerSecond, 0),
    timeToFirstToken: Math.min(...all.map((stats) => stats.timeToFirstToken)),
    totalTime,
  };
}
