import { distance } from 'fastest-levenshtein';
import type * as z from 'zod';
import { allKeys } from './schema-tree.js';

/** Longer than any key; what is longer is no typing error. */
const MAX_LENGTH = 64;

/** The known key that an unknown one was probably meant to be. */
export function nearestKey(section: z.ZodObject, unknown: string): string | undefined {
  if (unknown.length > MAX_LENGTH) return undefined;
  const keys = Object.keys(section.shape);
  return closest(keys, unknown) ?? keyWithUnit(keys, unknown) ?? keyElsewhere(unknown);
}

/** Keys a typing error away: two letters, or a third of a long word, may differ. */
function closest(candidates: string[], unknown: string): string | undefined {
  const limit = unknown.length < 4 ? 1 : Math.max(2, Math.floor(unknown.length / 3));
  const ranked = candidates
    .map((candidate) => ({ candidate, edits: distance(candidate, unknown) }))
    .filter(({ edits }) => edits <= limit)
    .toSorted((left, right) => left.edits - right.edits);
  return ranked[0]?.candidate;
}

/** `memory_budget` for `memory_budget_bytes`. */
const keyWithUnit = (keys: string[], unknown: string) =>
  keys.find((key) => key.startsWith(`${unknown}_`));

/** A key of the same name in another section. */
const keyElsewhere = (unknown: string) => allKeys().find((key) => key.endsWith(`.${unknown}`));
