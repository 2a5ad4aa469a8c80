import type { GenerationStats } from '@mlx/schemas';

const NANOSECONDS = 1e9;

export function nanoseconds(seconds: number): number {
  return Math.round(seconds * NANOSECONDS);
}

/** What an answer cost. Its model was loaded before, so loading took nothing. */
export function toCounts(stats: GenerationStats) {
  const { timeToFirstToken, totalTime, promptTokens = 0, tokensGenerated } = stats;
  return {
    total_duration: nanoseconds(totalTime),
    load_duration: 0,
    prompt_eval_count: promptTokens,
    prompt_eval_duration: nanoseconds(timeToFirstToken),
    eval_count: tokensGenerated,
    eval_duration: nanoseconds(Math.max(0, totalTime - timeToFirstToken)),
  };
}
