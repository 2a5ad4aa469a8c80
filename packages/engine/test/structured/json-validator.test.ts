import { expect, it } from 'vitest';
import { jsonValidator } from '../../src/structured/json-validator.js';

const definitions = { short: { type: 'string', maxLength: 3 } };
const beside = { $ref: '#/definitions/short', minLength: 2 };
const old = 'http://json-schema.org/draft-07/schema#';

const faultOf = (schema: unknown, value: unknown) => jsonValidator(JSON.stringify(schema))(value);

it('holds what stands beside a reference, but in dialects where it says nothing', () => {
  expect(faultOf({ ...beside, definitions }, 'a')).toContain('must NOT have fewer than 2');
  expect(faultOf({ $schema: old, ...beside, definitions }, 'a')).toBeUndefined();
  expect(faultOf({ $schema: old, ...beside, definitions }, 'abcd')).toContain('more than 3');
});

it('takes a value that looks like a reference as it is', () => {
  const schema = { $schema: old, const: { $ref: 'a', b: 1 } };
  expect(faultOf(schema, { $ref: 'a', b: 1 })).toBeUndefined();
  expect(faultOf(schema, { $ref: 'a' })).toBe('The value must be equal to constant');
});
