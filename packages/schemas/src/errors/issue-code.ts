import type * as z from 'zod';

/** Stable names of what can be wrong with a field, whatever the installed zod calls them. */
export type IssueCode =
  | 'custom'
  | 'invalid_enum_value'
  | 'invalid_string'
  | 'invalid_type'
  | 'too_big'
  | 'too_small'
  | 'unrecognized_keys';

const stableCodes: Record<z.core.$ZodIssue['code'], IssueCode> = {
  custom: 'custom',
  invalid_element: 'invalid_type',
  invalid_format: 'invalid_string',
  invalid_key: 'invalid_type',
  invalid_type: 'invalid_type',
  invalid_union: 'invalid_type',
  invalid_value: 'invalid_enum_value',
  not_multiple_of: 'custom',
  too_big: 'too_big',
  too_small: 'too_small',
  unrecognized_keys: 'unrecognized_keys',
};

export function issueCode(issue: z.core.$ZodIssue): IssueCode {
  if (issue.code === 'invalid_union' && issue.discriminator) return 'invalid_enum_value';
  return stableCodes[issue.code];
}
