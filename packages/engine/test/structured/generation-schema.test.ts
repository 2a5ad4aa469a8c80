import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { generationSchema } from '../../src/structured/generation-schema.js';
import { jsonValidator } from '../../src/structured/json-validator.js';

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

test.each([z.date(), z.bigint(), z.file()])(
  'what JSON cannot hold is refused by name',
  (schema) => {
    expect(() => generationSchema(z.object({ member: schema }))).toThrow(
      expect.objectContaining({
        code: 'InvalidParams',
        details: expect.objectContaining({ field: 'structured' }),
      }),
    );
  },
);

const named = z.object({ name: z.string() }).describe('Whoever it is');
const paid = z.object({ salary: z.number() });
const shared = z.object({ id: z.string() }).meta({ id: 'Shared' });
const tree = z.object({
  name: z.string(),
  get below(): z.ZodType {
    return z.array(tree.and(paid));
  },
});

test.each<[string, z.ZodType, unknown[], unknown[]]>([
  [
    'objects',
    named.and(paid),
    [{ name: 'a', salary: 1 }],
    [{ name: 'a' }, { name: 'a', salary: 1, more: 1 }],
  ],
  [
    'a read-only object',
    paid.and(z.object({ a: z.null() }).readonly()),
    [{ salary: 1, a: null }],
    [{ salary: 1 }],
  ],
  [
    'three objects',
    named.and(paid).and(shared),
    [{ name: 'a', salary: 1, id: 'b' }],
    [{ name: 'a', salary: 1 }],
  ],
  [
    'an object that also stands alone',
    z.object({ alone: shared, both: shared.and(paid) }),
    [{ alone: { id: 'a' }, both: { id: 'a', salary: 1 } }],
    [{ alone: { id: 'a', salary: 1 }, both: { id: 'a', salary: 1 } }],
  ],
  [
    'choices',
    z.union([paid, named]).and(z.union([shared, z.object({ a: z.null() })])),
    [
      { name: 'a', id: 'b' },
      { salary: 1, a: null },
    ],
    [
      { id: 'b', a: null },
      { name: 'a', salary: 1 },
    ],
  ],
  [
    'a record',
    named.and(z.record(z.string(), z.unknown())),
    [{ name: 'a', more: 1 }],
    [{ more: 1 }],
  ],
  [
    'an object inside itself',
    tree,
    [{ name: 'a', below: [{ name: 'b', below: [], salary: 1 }] }],
    [{ name: 'a', below: [{ name: 'b', below: [] }] }],
  ],
])(
  'an intersection with %s takes what zod takes, and no other key',
  (_, schema, taken, refused) => {
    const validate = jsonValidator(JSON.stringify(generationSchema(schema)));
    for (const value of taken) {
      expect(z.parse(schema, value)).toEqual(value);
      expect(validate(value)).toBeUndefined();
    }
    for (const value of refused) expect(validate(value)).toBeDefined();
  },
);
