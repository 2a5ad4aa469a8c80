import type * as z from 'zod';

/** How zod's own English messages begin; anything else was written for the field. */
const zodDefaults =
  /^(?:Invalid (?:input|option|string|number|key|value)|Too (?:big|small)|Unrecognized key)/;

/** The documented message of an issue: the schema's own where it has one. */
export function issueMessage(issue: z.core.$ZodIssue): string {
  return zodDefaults.test(issue.message) ? describe(issue) : issue.message;
}

function describe(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_big':
      return bound(issue.origin, issue.inclusive ? 'at most' : 'less than', issue.maximum);
    case 'too_small':
      return bound(issue.origin, issue.inclusive ? 'at least' : 'more than', issue.minimum);
    case 'invalid_type':
      return describeType(issue);
    case 'invalid_value':
      return 'Invalid enum value';
    case 'unrecognized_keys':
      return `Unrecognized key(s) in object: ${issue.keys.map((key) => `'${key}'`).join(', ')}`;
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_key':
    case 'invalid_union':
    case 'not_multiple_of':
      return issue.message;
    default:
      return issue satisfies never;
  }
}

const comparison = {
  'at most': 'less than or equal to',
  'less than': 'less than',
  'at least': 'greater than or equal to',
  'more than': 'greater than',
} as const;

function bound(origin: string, limit: keyof typeof comparison, value: number | bigint): string {
  switch (origin) {
    case 'string':
      return `String must contain ${limit} ${value} character(s)`;
    case 'array':
    case 'set':
      return `Array must contain ${limit} ${value} element(s)`;
    default:
      return `Number must be ${comparison[limit]} ${value}`;
  }
}

function describeType(issue: z.core.$ZodIssueInvalidType): string {
  const received = /received (\S+)$/.exec(issue.message)?.[1];
  if (received === 'undefined') return 'Required';
  if (issue.expected === 'int' && received === 'number') return 'Expected integer, received float';
  return `Expected ${issue.expected}, received ${received}`;
}
