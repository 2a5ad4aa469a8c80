import type { ServerStats } from '@mlx/schemas/endpoints';

/** What changed between two looks at a server, by model. */
export interface ModelRates {
  /** Tokens per second. */
  readonly generated: number;
  readonly prefilled: number;
}

interface Look {
  readonly at: number;
  readonly stats: ServerStats;
}

/** Rates since the look before; a process that was started anew begins at zero. */
export function ratesBetween(before: Look | undefined, now: Look): Map<string, ModelRates> {
  const seconds = before === undefined ? 0 : (now.at - before.at) / 1000;
  const earlier = new Map(before?.stats.models.map(({ id, process }) => [id, process?.tokens]));
  return new Map(
    now.stats.models.map(({ id, process }) => {
      const rate = (count: 'generated' | 'prefilled') => {
        const first = earlier.get(id)?.[count];
        const last = process?.tokens[count];
        if (seconds <= 0 || first === undefined || last === undefined) return 0;
        return Math.max(0, last - first) / seconds;
      };
      return [id, { generated: rate('generated'), prefilled: rate('prefilled') }];
    }),
  );
}
