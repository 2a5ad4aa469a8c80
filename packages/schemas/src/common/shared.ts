import * as z from 'zod';

/*
 * A zod schema takes a kilobyte or two of memory, so the plainest ones are
 * made once and used all over the package.
 */
export const Text = z.string();
export const OptionalText = Text.optional();
export const NullishText = Text.nullish();

export const Flag = z.boolean();
export const OptionalFlag = Flag.optional();
export const NullishFlag = Flag.nullish();
export const On = Flag.default(true);
export const Off = Flag.default(false);

export const Anything = z.unknown();
export const Nothing = z.never();
export const OptionalAnything = Anything.optional();
export const TextList = z.array(Text);
