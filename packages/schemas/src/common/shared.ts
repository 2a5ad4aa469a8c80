import * as z from 'zod';

/*
 * A zod schema takes a kilobyte or two of memory, so the plainest ones are
 * made once and used all over the package.
 */
export const Text = z.string();
export const NoText = Text.default('');
export const OptionalText = Text.optional();
export const NullableText = Text.nullable();
export const NullishText = NullableText.optional();

export const Flag = z.boolean();
export const OptionalFlag = Flag.optional();
export const NullishFlag = Flag.nullish();
export const On = Flag.default(true);
export const Off = Flag.default(false);

export const AnyNumber = z.number();
export const OptionalNumber = AnyNumber.optional();
export const NullableNumber = AnyNumber.nullable();
export const AnyInteger = z.int();

export const Anything = z.unknown();
export const Nothing = z.never();
export const OptionalAnything = Anything.optional();
export const Anythings = z.array(Anything);
export const TextList = z.array(Text);

const literals = new Map<string, z.ZodLiteral>();

/** The one schema of this text. */
export function literal<Value extends string>(value: Value): z.ZodLiteral<Value> {
  const schema = literals.get(value) ?? z.literal(value);
  literals.set(value, schema);
  return schema as z.ZodLiteral<Value>;
}
