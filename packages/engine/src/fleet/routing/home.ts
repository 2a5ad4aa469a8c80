import { mix } from './hashes.js';
import type { Member } from './member.js';

const RANGE = 2 ** 32;

/**
 * The member where a prompt belongs that nobody holds anything of: every gateway comes to the same
 * one, and members that join or leave move only what is theirs.
 *
 * Weighted rendezvous hashing (Thaler and Ravishankar 1998; weights as in Schindelhauer and
 * Schomaker 2005). Taken with only the members that have room it is consistent hashing with bounded
 * loads (Mirrokni, Thorup and Zadimoghaddam 2018), whose overflow goes to a member of its own for
 * each prompt and not to the next on a ring.
 */
export function homeOf(name: number, members: readonly Member[]): Member | undefined {
  let home: Member | undefined;
  let best = -Infinity;
  for (const member of members) {
    const uniform = (mix(name, member.seed) + 0.5) / RANGE;
    const score = -member.slots / Math.log(uniform);
    if (score > best) {
      best = score;
      home = member;
    }
  }
  return home;
}
