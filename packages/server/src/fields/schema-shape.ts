import type { z } from 'zod';

type Schema = z.core.$ZodType;
type AnySchema = z.core.$ZodTypes;
export type ObjectSchema = z.core.$ZodObject;

/** What a field of this schema holds, without what says that it may be absent. */
function unwrapped(schema: Schema): AnySchema {
  const inner = schema as AnySchema;
  const { def } = inner._zod;
  if (def.type === 'pipe') return unwrapped(def.in);
  return 'innerType' in def ? unwrapped(def.innerType) : inner;
}

/** The schema itself, or the members of the union that it is. */
function alternatives(schema: Schema): readonly AnySchema[] {
  const inner = unwrapped(schema);
  if (inner._zod.def.type !== 'union') return [inner];
  return inner._zod.def.options.flatMap(alternatives);
}

/** The object schema that is meant by a value: of a union, the member that fits it best. */
export function objectSchemaFor(schema: Schema, value: object): ObjectSchema | undefined {
  const objects = alternatives(schema).filter(isObject);
  if (objects.length < 2) return objects[0];
  return objects
    .filter((candidate) => literalsFit(candidate, value))
    .toSorted((left, right) => keysShared(right, value) - keysShared(left, value))[0];
}

/** The schemas that elements of a list may have; none where the schema takes no list. */
export function elementSchemaOf(schema: Schema, element: unknown): Schema | undefined {
  const elements = alternatives(schema).flatMap(({ _zod }) =>
    _zod.def.type === 'array' ? [_zod.def.element] : [],
  );
  if (elements.length < 2 || typeof element !== 'object' || element === null) return elements[0];
  const isList = Array.isArray(element);
  return elements.find((candidate) =>
    alternatives(candidate).some(({ _zod }) => (_zod.def.type === 'array') === isList),
  );
}

const isObject = (schema: AnySchema): schema is z.core.$ZodObject & AnySchema =>
  schema._zod.def.type === 'object';

/** False when a key that tells the members of a union apart has the value of another member. */
function literalsFit({ _zod: { def } }: ObjectSchema, value: object): boolean {
  return Object.entries(def.shape).every(([key, property]) => {
    const { values } = property._zod;
    const sent: unknown = Reflect.get(value, key);
    return values === undefined || sent === undefined || values.has(sent as z.core.util.Primitive);
  });
}

const keysShared = ({ _zod: { def } }: ObjectSchema, value: object): number =>
  Object.keys(value).filter((key) => Object.hasOwn(def.shape, key)).length;

/** Whether the object keeps keys that its schema does not name. */
export const isOpen = ({ _zod: { def } }: ObjectSchema): boolean =>
  def.catchall !== undefined && (def.catchall as AnySchema)._zod.def.type !== 'never';

/** Whether null is a value of this field and not another word for its absence. */
export const needsNull = (schema: Schema): boolean =>
  (schema as AnySchema)._zod.def.type === 'nullable';
