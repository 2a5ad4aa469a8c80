import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import {
  ClampedPenalty,
  ClampedTemperature,
  ClampedTopP,
  NonEmptyString,
  NonNegativeInteger,
  NonNegativeNumber,
  PositiveInteger,
  QuantizationMode,
} from '../../src/common/index.js';
import { rejectionOf } from '../support/rejection.js';

const table: { name: string; schema: z.ZodType; valid: unknown[]; invalid: unknown[] }[] = [
  { name: 'NonEmptyString', schema: NonEmptyString, valid: ['a', ' '], invalid: ['', 1, null] },
  {
    name: 'PositiveInteger',
    schema: PositiveInteger,
    valid: [1, Number.MAX_SAFE_INTEGER],
    invalid: [0, -1, 1.5, Number.NaN, Infinity, '1', 2 ** 53],
  },
  { name: 'NonNegativeInteger', schema: NonNegativeInteger, valid: [0, 7], invalid: [-1, 0.1] },
  {
    name: 'NonNegativeNumber',
    schema: NonNegativeNumber,
    valid: [0, 0.1],
    invalid: [-0.1, Infinity],
  },
  {
    name: 'ClampedTemperature',
    schema: ClampedTemperature,
    valid: [0, 0.7, 2],
    invalid: [-0.1, 2.1],
  },
  { name: 'ClampedTopP', schema: ClampedTopP, valid: [0, 1], invalid: [-0.1, 1.1] },
  { name: 'ClampedPenalty', schema: ClampedPenalty, valid: [-2, 0, 2], invalid: [-2.1, 2.1] },
  {
    name: 'QuantizationMode',
    schema: QuantizationMode,
    valid: ['none', 'int8', 'int4'],
    invalid: ['int16', '', null],
  },
];

describe.each(table)('$name', ({ schema, valid, invalid }) => {
  it.each(valid)('accepts %j', (value) => {
    expect(schema.parse(value)).toBe(value);
  });

  it.each(invalid)('refuses %j', (value) => {
    expect(schema.safeParse(value).success).toBe(false);
  });
});

describe('primitives', () => {
  it('says what an empty string is', () => {
    expect(rejectionOf(NonEmptyString, '').first).toEqual({
      path: [],
      message: 'Cannot be empty',
      code: 'too_small',
    });
  });

  it('can be narrowed further by their users', () => {
    const PageSize = PositiveInteger.max(1000);
    expect(PageSize.parse(1000)).toBe(1000);
    expect(rejectionOf(PageSize, 1001).first.message).toBe(
      'Number must be less than or equal to 1000',
    );
  });
});
