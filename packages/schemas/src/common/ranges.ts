import * as z from 'zod';
import { AnyInteger, AnyNumber } from './shared.js';

/*
 * Bounded numbers are most of what our schemas consist of. Made here in one
 * step, and once per bound, range and default, they take a third of the memory of
 * `z.int().min(…).max(…)`, which keeps every intermediate schema alive.
 */
function once<Numbers extends number[], Made>(
  make: (...numbers: Numbers) => Made,
): (...numbers: Numbers) => Made {
  const made: Record<string, Made> = {};
  // Not a number for a key: room would be made for all below it.
  return (...numbers) => (made[`=${numbers.join()}`] ??= make(...numbers));
}

const atLeast = /* @__PURE__ */ once<[number], z.core.$ZodCheckGreaterThan>(z.gte);
const atMost = /* @__PURE__ */ once<[number], z.core.$ZodCheckLessThan>(z.lte);

const rangesOf = <Base extends z.ZodNumber>(base: Base) =>
  once((minimum: number, maximum: number) => base.check(atLeast(minimum), atMost(maximum)));

/** An integer from `minimum` to `maximum`, both included. */
export const integerBetween = /* @__PURE__ */ rangesOf(AnyInteger);

/** A finite number from `minimum` to `maximum`, both included. */
export const numberBetween = /* @__PURE__ */ rangesOf(AnyNumber);

/** The same, and `fallback` where there is nothing. */
export const integerOr = /* @__PURE__ */ once(
  (minimum: number, maximum: number, fallback: number) =>
    integerBetween(minimum, maximum).default(fallback),
);
