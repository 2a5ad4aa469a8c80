import { distance } from 'fastest-levenshtein';

/** Longer than any name; what is longer is no typing error. */
const MAX_LENGTH = 64;

/** Fewer letters begin too many names. */
const MIN_BEGINNING = 4;

/**
 * The name that was probably meant: two letters, or a third of a long word, may differ. Else the
 * one that begins so: `memory_budget_bytes` for `memory_budget`.
 */
export function nearestName(names: Iterable<string>, given: string): string | undefined {
  if (given.length > MAX_LENGTH) return undefined;
  let longer: string | undefined;
  const limit = given.length < 4 ? 1 : Math.max(2, Math.floor(given.length / 3));
  let nearest: { readonly name: string; readonly edits: number } | undefined;
  for (const name of names) {
    const edits = distance(name, given);
    if (edits <= Math.min(limit, (nearest?.edits ?? Infinity) - 1)) nearest = { name, edits };
    if (given.length >= MIN_BEGINNING && name.startsWith(given)) longer ??= name;
  }
  return nearest?.name ?? longer;
}
