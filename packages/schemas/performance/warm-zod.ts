/*
 * Makes one schema of every kind, so that what zod compiles on first use is
 * not counted as memory of our schemas.
 */
import * as z from 'zod';

export const warm = z
  .strictObject({
    text: z.string().min(1).max(2).regex(/a/).optional(),
    integer: z.int().min(0).max(3).default(1),
    number: z.number().gt(0).nullable(),
    choice: z.enum(['a']).nullish(),
    list: z.array(z.union([z.literal('x'), z.boolean(), z.record(z.string(), z.unknown())])),
    variant: z.discriminatedUnion('t', [z.looseObject({ t: z.literal('a') })]).prefault({ t: 'a' }),
    piped: z.preprocess(
      (value) => value,
      z.lazy(() => z.never()),
    ),
  })
  .refine(() => true)
  .extend({ more: z.custom(() => true) });
