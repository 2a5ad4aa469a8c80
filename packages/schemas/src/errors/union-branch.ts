import type * as z from 'zod';

/**
 * The issues of the union member that the input came closest to: the one
 * whose issues lie deepest, and of those the one with the fewest.
 */
export function flattenUnions(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const branches = issue.errors
    .map((branch) => branch.flatMap(flattenUnions))
    .filter((branch) => branch.length > 0);
  const [first, ...rest] = branches;
  if (!first) return [issue];
  const best = rest.reduce((left, right) => (isCloser(right, left) ? right : left), first);
  if (deepest(best) === 0 && best.every((inner) => inner.code === 'invalid_type')) return [issue];
  return best.map((inner) => withinPath(issue.path, inner));
}

function isCloser(left: z.core.$ZodIssue[], right: z.core.$ZodIssue[]): boolean {
  const depth = deepest(left) - deepest(right);
  return depth === 0 ? left.length < right.length : depth > 0;
}

const deepest = (issues: z.core.$ZodIssue[]) =>
  Math.max(...issues.map((issue) => issue.path.length));

function withinPath(path: PropertyKey[], issue: z.core.$ZodIssue): z.core.$ZodIssue {
  return { ...issue, path: [...path, ...issue.path] };
}
