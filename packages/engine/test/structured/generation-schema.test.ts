import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { generationSchema } from '../../src/structured/generation-schema.js';

/** Schemas that take in what they give out, as people write them for answers. */
const { schema: anySchema } = fc.letrec<{ schema: z.ZodType }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<z.ZodType>(
      z.string().min(1).max(9),
      z.string().regex(/^[a-z]+$/),
      z.email(),
      z.url(),
      z.uuid(),
      z.hostname(),
      z.iso.date(),
      z.iso.time(),
      z.iso.datetime({ offset: true }),
      z.iso.duration(),
      z.int().min(0).max(9),
      z.number().multipleOf(0.5),
      z.float32(),
      z.boolean(),
      z.null(),
      z.literal(['a', 1, true]),
      z.enum(['red', 'blue']),
    ),
    fc
      .array(tie('schema'), { maxLength: 3 })
      .map((members) =>
        z.object(Object.fromEntries(members.map((member, place) => [`m${place}`, member]))),
      ),
    tie('schema').map((element) => z.array(element).max(3)),
    tie('schema').map((value) => z.record(z.string(), value)),
    tie('schema').map((value) => z.record(z.enum(['x', 'y']), value)),
    tie('schema').map((value) => z.partialRecord(z.string().regex(/^k\d$/), value)),
    tie('schema').map((value) => value.nullable()),
    tie('schema').map((value) => z.object({ may: value.optional() })),
    fc.tuple(tie('schema'), tie('schema')).map((members) => z.union(members)),
    fc.tuple(tie('schema'), tie('schema')).map((members) => z.tuple(members)),
    fc
      .tuple(tie('schema'), tie('schema'))
      .map(([a, b]) =>
        z.discriminatedUnion('kind', [
          z.object({ kind: z.literal('a'), a }),
          z.object({ kind: z.literal('b'), b }),
        ]),
      ),
  ),
}));

test('a schema is the one that clients send over HTTP', () => {
  fc.assert(
    fc.property(anySchema, (schema) => {
      const { $schema: _, '~standard': __, ...sent } = z.toJSONSchema(schema);
      expect(generationSchema(schema)).toEqual(sent);
    }),
    { numRuns: 300 },
  );
});

test('notes for people are dropped', () => {
  const schema = z.object({ a: z.string().meta({ examples: ['b'], unit: 'm' }) }).meta({
    title: 'Thing',
    form: { columns: 2 },
  });
  expect(generationSchema(schema)).toEqual({
    title: 'Thing',
    type: 'object',
    properties: { a: { type: 'string', examples: ['b'] } },
    required: ['a'],
    additionalProperties: false,
  });
});

test('an object is closed, an open one stays open and a catch-all keeps its schema', () => {
  expect(generationSchema(z.object({}))).toMatchObject({ additionalProperties: false });
  expect(generationSchema(z.looseObject({}))).toMatchObject({ additionalProperties: {} });
  expect(generationSchema(z.object({}).catchall(z.boolean()))).toMatchObject({
    additionalProperties: { type: 'boolean' },
  });
});

test('what a transform takes in is generated, not what it gives out', () => {
  expect(generationSchema(z.string().max(4).transform(Number))).toEqual({
    type: 'string',
    maxLength: 4,
  });
});

test('what JSON cannot hold is refused by name', () => {
  expect(() => generationSchema(z.object({ born: z.date() }))).toThrow(
    expect.objectContaining({
      code: 'InvalidParams',
      details: expect.objectContaining({ field: 'structured' }),
    }),
  );
});
