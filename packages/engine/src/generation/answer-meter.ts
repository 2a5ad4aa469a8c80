import type { GenerationStats } from '@mlx/schemas';
import type { WireUsage } from '@mlx/schemas/wire';

/** Measures one answer as its caller sees it, on the monotonic clock. */
export class AnswerMeter {
  readonly #startedAt: number;
  #tokens = 0;
  #firstAt: number | undefined;
  #firstTokens = 0;

  /** @param startedAt `performance.now()` of the call */
  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  get tokens(): number {
    return this.#tokens;
  }

  count(tokens: number): void {
    if (tokens === 0) return;
    if (this.#firstAt === undefined) {
      this.#firstAt = performance.now();
      this.#firstTokens = tokens;
    }
    this.#tokens += tokens;
  }

  /** Times in seconds; the rate is that of decoding: tokens after the first, over the time since the first. */
  stats(modelId: string, usage?: WireUsage): GenerationStats {
    const now = performance.now();
    const firstAt = this.#firstAt ?? now;
    const totalTime = (now - this.#startedAt) / 1000;
    const decodeTime = (now - firstAt) / 1000;
    const decoded = this.#tokens - this.#firstTokens;
    const [tokens, seconds] = decoded > 0 ? [decoded, decodeTime] : [this.#tokens, totalTime];
    return {
      tokensGenerated: this.#tokens,
      tokensPerSecond: seconds > 0 ? tokens / seconds : 0,
      timeToFirstToken: (firstAt - this.#startedAt) / 1000,
      totalTime,
      modelId,
      promptTokens: usage?.promptTokens,
      cachedTokens: usage?.cachedTokens,
      ...(usage?.reasoningTokens === undefined ? {} : { reasoningTokens: usage.reasoningTokens }),
      draftTokensAccepted: usage?.draftTokensAccepted,
      ...predictionTokens(usage),
    };
  }
}

/** Nothing of a request that had no prediction. */
function predictionTokens(usage: WireUsage | undefined): Partial<GenerationStats> {
  if (usage?.acceptedPredictionTokens === undefined) return {};
  const { acceptedPredictionTokens, rejectedPredictionTokens } = usage;
  return { acceptedPredictionTokens, rejectedPredictionTokens };
}

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
