import type { JsonSchema } from './any-schema.js';

const IN_PLACE = ['allOf', 'anyOf', 'oneOf'] as const;
const ENDS = ['additionalProperties', 'unevaluatedProperties'] as const;
const DEFINITIONS = '#/$defs/';

/**
 * Lets an intersection of objects have the keys of all its members, and no others: each member is
 * opened and the whole is closed, since nothing follows two closed ones that have other keys.
 * @param root a schema as zod writes it; it is changed
 */
export function closeIntersections(root: JsonSchema): void {
  new Intersections(root).visit(root);
}

class Intersections {
  readonly #root: JsonSchema;
  readonly #original: JsonSchema;
  /** Open copies of what other places refer to as well, by the reference to the closed one. */
  readonly #copies = new Map<string, string>();

  constructor(root: JsonSchema) {
    this.#root = root;
    this.#original = structuredClone(root);
  }

  visit(schema: JsonSchema): void {
    for (const inner of innerSchemas(schema)) this.visit(inner);
    if (schema.allOf === undefined) return;
    const closed = JSON.stringify(schema.allOf);
    for (const member of schema.allOf) this.#open(member);
    if (JSON.stringify(schema.allOf) !== closed) schema.unevaluatedProperties = false;
  }

  #open(schema: JsonSchema): void {
    for (const name of ENDS) if (schema[name] === false) delete schema[name];
    if (schema.$ref !== undefined) schema.$ref = this.#openCopy(schema.$ref);
    for (const name of IN_PLACE) for (const member of schema[name] ?? []) this.#open(member);
  }

  #openCopy(reference: string): string {
    const known = this.#copies.get(reference);
    if (known !== undefined) return known;
    const { $defs: definitions, ...root } = structuredClone(this.#original);
    const target = reference === '#' ? root : definitions?.[reference.slice(DEFINITIONS.length)];
    if (target === undefined) return reference;
    const name = `open_${this.#copies.size + 1}`;
    const copy = `${DEFINITIONS}${name}`;
    this.#copies.set(reference, copy);
    this.visit(target);
    this.#open(target);
    this.#root.$defs = { ...this.#root.$defs, [name]: target };
    return copy;
  }
}

function innerSchemas(schema: JsonSchema): JsonSchema[] {
  const { items, additionalProperties, propertyNames, not } = schema;
  const { properties, patternProperties, $defs, prefixItems, allOf, anyOf, oneOf } = schema;
  const named = [properties, patternProperties, $defs].flatMap((each) => Object.values(each ?? {}));
  return [items, additionalProperties, propertyNames, not, prefixItems, allOf, anyOf, oneOf, named]
    .flat()
    .filter((inner) => typeof inner === 'object');
}
