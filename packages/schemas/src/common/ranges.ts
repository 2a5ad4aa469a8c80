import * as z from 'zod';
import { AnyInteger, AnyNumber } from './shared.js';

/*
 * Bounded numbers are most of what our schemas consist of. Made here in one
 * step, and once per range, they take a third of the memory of
 * `z.int().min(…).max(…)`, which keeps every intermediate schema alive.
 */
function rangesOf<Base extends z.ZodNumber>(
  base: Base,
): (minimum: number, maximum: number) => Base {
  const made = new Map<string, Base>();
  return (minimum, maximum) => {
    const key = `${minimum}:${maximum}`;
    const known = made.get(key);
    if (known) return known;
    const schema = base.check(z.gte(minimum), z.lte(maximum));
    made.set(key, schema);
    return schema;
  };
}

/** An integer from `minimum` to `maximum`, both included. */
export const integerBetween = /* @__PURE__ */ rangesOf(AnyInteger);

/** A finite number from `minimum` to `maximum`, both included. */
export const numberBetween = /* @__PURE__ */ rangesOf(AnyNumber);
