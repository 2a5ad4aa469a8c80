import type * as z from 'zod';
import { closestBranch } from './union-branch.js';

/** An issue of a finished error, or one that zod asks an error map about. */
type Issue = z.core.$ZodIssue | z.core.$ZodRawIssue;

/** How zod's own English messages begin; anything else was written for the field. */
const zodDefault =
  /^(?:Invalid (?:input|option|discriminator|string|number|key|value)|Too (?:big|small)|Unrecognized key)/;

/** Keys named in one message; hostile input may hold a million. */
const MAX_NAMED_KEYS = 5;

/**
 * The documented message of an issue: the schema's own where it has one. Also
 * an error map for zod: `schema.safeParse(input, { error: issueMessage })`.
 */
export function issueMessage(issue: Issue): string {
  const { message } = issue;
  return message === undefined || zodDefault.test(message) ? describe(issue) : message;
}

function describe(issue: Issue): string {
  switch (issue.code) {
    case 'too_big':
      return describeBound(issue.origin, issue.inclusive ? 'at most' : 'under', issue.maximum);
    case 'too_small':
      return describeBound(issue.origin, issue.inclusive ? 'at least' : 'over', issue.minimum);
    case 'invalid_type':
      return describeType([issue.expected], receivedType(issue));
    case 'invalid_value':
      return 'Invalid enum value';
    case 'unrecognized_keys':
      return `Unrecognized key(s) in object: ${nameKeys(issue.keys)}`;
    case 'invalid_union':
      return issue.discriminator ? 'Invalid enum value' : describeUnion(issue);
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_key':
    case 'not_multiple_of':
      return issue.message ?? 'Invalid input';
    default:
      return issue satisfies never;
  }
}

const comparisons = {
  'at most': 'less than or equal to',
  under: 'less than',
  'at least': 'greater than or equal to',
  over: 'greater than',
};

function describeBound(
  origin: string,
  limit: keyof typeof comparisons,
  value: number | bigint,
): string {
  if (origin === 'string') return `String must contain ${limit} ${value} character(s)`;
  if (origin === 'array') return `Array must contain ${limit} ${value} element(s)`;
  return `Number must be ${comparisons[limit]} ${value}`;
}

/** The input's type; a finished issue has no input, but zod's message ends with its type. */
function receivedType(issue: Issue): string {
  if (issue.message) return issue.message.split('received ')[1] ?? 'unknown';
  if (issue.input === null) return 'null';
  if (Number.isNaN(issue.input)) return 'NaN';
  return Array.isArray(issue.input) ? 'array' : typeof issue.input;
}

function describeType(expected: string[], received: string): string {
  if (received === 'undefined') return 'Required';
  if (expected.includes('int') && received === 'number') return 'Expected integer, received float';
  return `Expected ${expected.join(' or ')}, received ${received}`;
}

function describeUnion(issue: Extract<Issue, { code: 'invalid_union' }>): string {
  const [closest] = closestBranch(issue.errors);
  if (closest) return [...closest.path.map(String), issueMessage(closest)].join(': ');
  const mismatches = issue.errors.flat().filter((inner) => inner.code === 'invalid_type');
  const [first] = mismatches;
  if (!first) return issue.message ?? 'Invalid input';
  const expected = new Set<string>(mismatches.map((inner) => inner.expected));
  return describeType([...expected], receivedType(first));
}

function nameKeys(keys: string[]): string {
  const named = keys.slice(0, MAX_NAMED_KEYS).map((key) => `'${key.slice(0, 64)}'`);
  const rest = keys.length - named.length;
  return rest > 0 ? `${named.join(', ')} and ${rest} more` : named.join(', ');
}
