import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import * as everything from '../src/index.js';
import { zodErrorToEngineError } from '../src/index.js';
import { requests } from './support/requests.js';

const schemas = Object.entries<unknown>(everything).filter(
  (entry): entry is [string, z.ZodType] => entry[1] instanceof z.ZodType,
);

/** What a caller sees of a result: the value, or the engine error with every issue. */
function outcome(schema: z.ZodType, input: unknown): unknown {
  const result = schema.safeParse(input);
  if (result.success) return { value: result.data };
  const { message, details } = zodErrorToEngineError(result.error);
  return { message, details };
}

describe('a schema compiled ahead by z.compile', () => {
  it.each(schemas)('is what %s can be made', (_, schema) => {
    expect(() => z.compile(schema, { strict: true })).not.toThrow();
  });

  it.each(requests)('gives $name the same value and the same errors', ({ schema, input }) => {
    const compiled = z.compile<z.ZodType>(schema, { strict: true });
    expect(outcome(compiled, input)).toEqual(outcome(schema, input));
    for (const key of Object.keys(input)) {
      for (const value of [null, -1, '', 'x', [], {}, [1], Number.NaN, 1e9]) {
        const changed = { ...input, [key]: value };
        expect(outcome(compiled, changed), key).toEqual(outcome(schema, changed));
      }
    }
  });

  it.each(requests)('judges any value as $name does', ({ schema }) => {
    const compiled = z.compile<z.ZodType>(schema, { strict: true });
    const key = fc.oneof(fc.string(), fc.constantFrom('model', 'prompt', 'messages', 'input'));
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue()), (value) => {
        expect(outcome(compiled, value)).toEqual(outcome(schema, value));
      }),
      { numRuns: 100 },
    );
  });

  it('refuses a conversation of a million turns by its length', () => {
    const compiled = z.compile(everything.GeneratorParamsSchema, { strict: true });
    const messages = Array.from({ length: 1_000_000 }, () => ({ role: 'user', content: 'x' }));
    expect(outcome(compiled, { model: 'a', messages })).toMatchObject({
      message: "Validation error on field 'messages': Array must contain at most 10000 element(s)",
    });
  });
});
