import type { WireResult } from '@mlx/schemas/wire';

/** What is kept is each worker's own. */
type Stats = Omit<WireResult<'stats'>, 'keptBlocks'>;
type Numbers = { readonly [Key in string]?: number | Numbers };

type Counted = Omit<Stats, 'rankBytes'>;

/** The counters of several processes as those of one. */
export function addStats(all: readonly Stats[]): Stats {
  const rankBytes = all.flatMap((stats) => stats.rankBytes ?? []);
  const [first = nothing, ...rest] = all.map(({ rankBytes: _, ...counted }) => counted);
  const sum = rest.reduce<Counted>((total, counted) => add(total, counted) as Counted, first);
  return rankBytes.length === 0 ? sum : { ...sum, rankBytes };
}

function add(left: Numbers, right: Numbers): Numbers {
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return Object.fromEntries([...keys].map((key) => [key, addValues(left[key], right[key])]));
}

function addValues(
  left: number | Numbers | undefined,
  right: number | Numbers | undefined,
): number | Numbers | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  if (typeof left === 'number' || typeof right === 'number') return Number(left) + Number(right);
  return add(left, right);
}

const nothing: Counted = {
  uptimeMs: 0,
  requests: { admitted: 0, finished: 0, cancelled: 0, failed: 0 },
  rows: { queued: 0, prefilling: 0, decoding: 0, paused: 0 },
  tokens: { prefilled: 0, reused: 0, generated: 0, drafted: 0, accepted: 0 },
  decodeSteps: 0,
  prefixCache: {
    entries: 0,
    bytes: 0,
    sharedBytes: 0,
    hits: 0,
    misses: 0,
    hitTokens: 0,
    evictions: 0,
    disk: { entries: 0, bytes: 0, hits: 0, misses: 0, written: 0, failed: 0 },
  },
  kvCache: { usedBytes: 0 },
  memory: { activeBytes: 0, peakBytes: 0, residentBytes: 0 },
  malformedFrames: 0,
};
