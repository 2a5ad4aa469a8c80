import * as z from 'zod';

/** Most turns of one conversation. */
export const MAX_MESSAGES = 10_000;

/** Most tokens of one prompt: beyond the context length of any model. */
export const MAX_PROMPT_TOKENS = 4_194_304;

const atLeastOne = z.minLength(1, 'Cannot be empty');

/** An array of at least one element. */
export const nonEmptyListOf = <Element extends z.ZodType>(element: Element, maximum: number) =>
  lengthFirst(z.array(element).check(atLeastOne, z.maxLength(maximum)), maximum);

/** An array that may be empty. */
export const listOf = <Element extends z.ZodType>(element: Element, maximum: number) =>
  lengthFirst(z.array(element).max(maximum), maximum);

/**
 * Lets an array be refused by its length before its elements are parsed: zod
 * looks at `max` after every element of a hostile list has been gone through.
 */
function lengthFirst<List extends z.ZodArray>(list: List, maximum: number): List {
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
