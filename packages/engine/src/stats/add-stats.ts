import { noStats } from '@mlx/bridge';
import type { WireResult } from '@mlx/schemas/wire';

/** What is kept is each process's own. */
type Stats = Omit<WireResult<'stats'>, 'keptBlocks'>;
type Value = number | readonly number[] | Values;
type Values = { readonly [Key in string]?: Value };

/** The counters of several processes as those of one. */
export function addStats(all: readonly Stats[]): Stats {
  const [first = noStats, ...rest] = all;
  return rest.reduce<Stats>((total, stats) => add(total, stats) as Stats, first);
}

function add(left: Values, right: Values): Values {
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return Object.fromEntries([...keys].map((key) => [key, addValues(left[key], right[key])]));
}

function addValues(left: Value | undefined, right: Value | undefined): Value | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  if (isList(left) || isList(right))
    return [left, right].flatMap((each) => (isList(each) ? each : []));
  if (typeof left === 'number' || typeof right === 'number') return Number(left) + Number(right);
  return add(left, right);
}

function isList(value: Value): value is readonly number[] {
  return Array.isArray(value);
}
