import type { GenerationCompletedEvent, TokenGaps } from '@mlx/schemas';
import type { WireFinish } from '@mlx/schemas/wire';
import type { GapMeter } from './gap-meter.js';

type Times = Omit<GenerationCompletedEvent, 'streamId' | 'stats' | 'timestamp'>;

/** What the event of a generation that ended well says of its answers; times in seconds. */
export function generationTimes(
  finishes: readonly WireFinish[],
  gaps: readonly GapMeter[],
  streaming: boolean,
): Times {
  const usages = finishes.map(({ usage }) => usage);
  if (!streaming) {
    // The text comes in one chunk, whose only gap says nothing.
    for (const [index, usage] of usages.entries()) {
      gaps[index]?.spread(usage.decodeMs / 1000, usage.completionTokens - 1);
    }
  }
  const longest = (pick: (usage: WireFinish['usage']) => number) =>
    Math.max(0, ...usages.map(pick)) / 1000;
  return {
    finishReasons: finishes.map(({ reason }) => reason),
    queueTime: longest(({ queueMs }) => queueMs),
    prefillTime: longest(({ prefillMs }) => prefillMs),
    decodeTime: longest(({ decodeMs }) => decodeMs),
    draftTokens: usages.reduce((total, { draftTokens }) => total + draftTokens, 0),
    tokenGaps: addGaps(gaps.map((meter) => meter.read())),
  };
}

function addGaps(all: readonly TokenGaps[]): TokenGaps | undefined {
  const [first, ...rest] = all;
  if (first === undefined || rest.length === 0) return first;
  return {
    counts: first.counts.map((count, index) =>
      rest.reduce((total, { counts }) => total + (counts[index] ?? 0), count),
    ),
    sum: all.reduce((total, { sum }) => total + sum, 0),
  };
}
