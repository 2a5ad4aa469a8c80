import * as z from 'zod';

/** Most turns of one conversation. */
export const MAX_MESSAGES = 10_000;

/** Most tokens of one prompt: beyond the context length of any model. */
export const MAX_PROMPT_TOKENS = 4_194_304;

const atLeastOne = z.minLength(1, 'Cannot be empty');

/** An array of at least one element. */
export const nonEmptyListOf = <Element extends z.ZodType>(element: Element, maximum: number) =>
  boundedList(element, maximum, [atLeastOne]);

/** An array that may be empty. */
export const listOf = <Element extends z.ZodType>(element: Element, maximum: number) =>
  boundedList(element, maximum, []);

/**
 * Lets an array be refused by its length before its elements are parsed: zod
 * looks at `max` after every element of a hostile list has been gone through.
 * Made in one step, as `z.array(…).max(…)` keeps the array without a maximum alive.
 */
function boundedList<Element extends z.ZodType>(
  element: Element,
  maximum: number,
  checks: z.core.$ZodCheck<unknown[]>[],
): z.ZodArray<Element> {
  const list = new z.ZodArray({
    type: 'array',
    element,
    checks: [...checks, z.maxLength(maximum)],
  }) as z.ZodArray<Element>;
  const internals = list._zod;
  const parse = internals.run.bind(internals);
  internals.run = (payload, context) => {
    const { value: input } = payload;
    if (!Array.isArray(input) || input.length <= maximum) return parse(payload, context);
    payload.issues.push({ code: 'too_big', origin: 'array', maximum, inclusive: true, input });
    return payload;
  };
  return list;
}
