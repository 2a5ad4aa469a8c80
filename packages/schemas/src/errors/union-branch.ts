import type * as z from 'zod';

type Issue = z.core.$ZodIssue;

/**
 * Replaces every issue that only wraps others (a union none of whose members
 * matched, a record's key) by the ones that say what to change.
 */
export function flattenIssues(issues: Issue[]): Issue[] {
  return issues.flatMap((issue) => {
    const inner = innerIssues(issue);
    return inner.length > 0 ? inner.map((nested) => withinPath(issue.path, nested)) : [issue];
  });
}

function innerIssues(issue: Issue): Issue[] {
  if (issue.code === 'invalid_union') return closestBranch(issue.errors);
  const wraps = issue.code === 'invalid_key' || issue.code === 'invalid_element';
  return wraps ? flattenIssues(issue.issues) : [];
}

/**
 * The issues of the union member that the input came closest to: the one
 * whose issues lie deepest, and of those the one with the fewest. Empty when
 * the input is of none of the members' types.
 */
export function closestBranch(branches: Issue[][]): Issue[] {
  const reached = branches
    .map(flattenIssues)
    .filter((branch) => depthOf(branch) > 0 || !isTypeMismatch(branch));
  return (
    reached.toSorted(
      (left, right) => depthOf(right) - depthOf(left) || left.length - right.length,
    )[0] ?? []
  );
}

const depthOf = (branch: Issue[]) =>
  branch.reduce((depth, issue) => Math.max(depth, issue.path.length), 0);

const isTypeMismatch = (branch: Issue[]) =>
  branch.every((issue) => issue.code === 'invalid_type' || issue.code === 'invalid_union');

const withinPath = (path: PropertyKey[], issue: Issue): Issue => ({
  ...issue,
  path: [...path, ...issue.path],
});
