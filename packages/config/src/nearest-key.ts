import type * as z from 'zod';
import { allKeys } from './schema-tree.js';

/** Longer than any key; what is longer is no typing error. */
const MAX_LENGTH = 64;

/** The known key that an unknown one was probably meant to be. */
export function nearestKey(section: z.ZodObject, unknown: string): string | undefined {
  if (unknown.length > MAX_LENGTH) return undefined;
  return closest(Object.keys(section.shape), unknown) ?? keyElsewhere(unknown);
}

/** Keys a typing error away: two letters, or a third of a long word, may differ. */
function closest(candidates: string[], unknown: string): string | undefined {
  const limit = unknown.length < 4 ? 1 : Math.max(2, Math.floor(unknown.length / 3));
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(candidate, unknown) }))
    .filter(({ distance }) => distance <= limit)
    .toSorted((left, right) => left.distance - right.distance);
  return ranked[0]?.candidate;
}

/** A key of the same name in another section. */
const keyElsewhere = (unknown: string) => allKeys().find((key) => key.endsWith(`.${unknown}`));

/** Levenshtein distance, one row of the matrix at a time. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 0; i < left.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < right.length; j += 1) {
      const substitution = (row[j] ?? 0) + (left[i] === right[j] ? 0 : 1);
      next.push(Math.min(substitution, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
