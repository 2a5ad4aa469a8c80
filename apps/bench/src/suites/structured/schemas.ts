import * as z from 'zod';

export interface Form {
  readonly schema: z.ZodType;
  readonly example?: unknown;
}

const word = z.string().min(1).max(12);
const small = z.int().min(0).max(99);
const colour = z.enum(['red', 'green', 'blue']);
const point = z.object({ x: small, y: small });

const Value = z.union([
  small,
  colour,
  z.object({
    get list() {
      return z.array(Value).max(2);
    },
  }),
]);
const Chain = z.object({
  value: small,
  get next() {
    return z.union([Chain, z.null()]);
  },
});
const shape = z.discriminatedUnion('type', [
  z.object({ type: z.literal('circle'), radius: small }),
  z.object({ type: z.literal('square'), side: small, colour }),
]);

/** Forms of every kind that zod and JSON Schema share, with bounds for what has no end by itself. */
const bounded: readonly z.ZodType[] = [
  word,
  small,
  z.boolean(),
  z.null(),
  colour,
  z.literal('yes'),
  z.literal(['a', 1, true, null]),
  z.number().min(0).max(1).multipleOf(0.01),
  z.int().multipleOf(7).min(7).max(700),
  z.string().regex(/^[A-Z]{3}-\d{4}$/),
  z
    .string()
    .regex(/^[a-z]+(-[a-z]+){0,2}$/)
    .max(20),
  z.string().startsWith('ab').max(8),
  z.uuid(),
  z.ipv4(),
  z.iso.date(),
  z.iso.time(),
  z.templateLiteral(['v', z.literal([1, 2, 30]), '-', colour]),
  point,
  z.strictObject({ a: word, b: small.nullable() }),
  z.object({ a: word.optional(), b: small.default(3) }),
  z.object({ deep: z.object({ deeper: z.object({ deepest: colour }) }) }),
  z.object({ list: z.array(small).min(1).max(4) }),
  z.array(point).max(3),
  z.array(z.array(small).max(2)).min(1).max(2),
  z.array(z.union([word, small, z.boolean()])).max(3),
  z.tuple([word, small, colour]),
  z.tuple([small], z.boolean()).refine((items) => items.length > 0),
  z.union([word, point]),
  z.union([z.object({ ok: z.literal(true), value: small }), z.object({ error: word })]),
  shape,
  z.array(shape).max(2),
  z.object({ shape, label: word }),
  z.intersection(point, z.object({ z: small })),
  z.record(colour, small),
  z.partialRecord(colour, small),
  z.object({
    n: z
      .string()
      .regex(/^\d{1,4}$/)
      .transform(Number),
  }),
  z.object({ born: z.iso.date(), mail: z.string().regex(/^[a-z]{2,8}@[a-z]{2,8}\.org$/) }),
];

/** Forms without a bound, with a value that ends, which the model is shown. */
const open: readonly Form[] = [
  { schema: z.record(z.string().regex(/^k[0-9]$/), z.boolean()), example: { k1: true, k2: false } },
  { schema: Value, example: { list: ['red', { list: [3, 4] }] } },
  { schema: Chain, example: { value: 1, next: { value: 2, next: null } } },
];

export const forms: readonly Form[] = [...bounded.map((schema) => ({ schema })), ...open];
