import type { Member } from './member.js';

/**
 * The less loaded of two members taken at random: nearly as even as the least loaded of all, and
 * gateways that know the same old numbers do not all run to one (Mitzenmacher 2001).
 */
export function lessLoadedOfTwo(
  members: readonly Member[],
  random: () => number,
): Member | undefined {
  const first = Math.floor(random() * members.length);
  // Any but the first.
  const second = (first + 1 + Math.floor(random() * (members.length - 1))) % members.length;
  const [left, right] = [members[first], members[second]];
  if (left === undefined || right === undefined) return left;
  return right.load / right.slots < left.load / left.slots ? right : left;
}
