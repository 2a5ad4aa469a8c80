import type { JsonSchema } from './wire-json-schema.ts';

const LINE_LENGTH = 88;

/** Emits Python for JSON Schema definitions: what a name depends on comes before it. */
export class PythonTypes {
  readonly #definitions: Readonly<Record<string, JsonSchema>>;
  readonly #emitted = new Set<string>();
  readonly #aliases: string[] = [];
  readonly #structs: string[] = [];

  constructor(definitions: Readonly<Record<string, JsonSchema>>) {
    this.#definitions = definitions;
    for (const name of Object.keys(definitions).toSorted()) this.#define(name);
  }

  /** Names that other definitions are made of: `Annotated` scalars and literals. */
  get aliases(): readonly string[] {
    return this.#aliases;
  }

  get structs(): readonly string[] {
    return this.#structs;
  }

  #define(name: string): void {
    if (this.#emitted.has(name)) return;
    this.#emitted.add(name);
    const schema = this.#definitions[name];
    if (schema === undefined) throw new Error(`No definition is named ${name}`);
    if (schema.oneOf !== undefined) this.#union(name, schema.oneOf);
    else if (schema.properties !== undefined) this.#struct(name, schema);
    else this.#aliases.push(wrapLiteral(`${name} = ${this.#type(schema, name)}`));
  }

  /** A tagged union: one struct for each member, told apart by its `type`. */
  #union(name: string, members: readonly JsonSchema[]): void {
    const classes = members.map((member) => {
      const { type, ...properties } = member.properties ?? {};
      const tag = type?.const;
      if (tag === undefined) throw new Error(`A member of ${name} has no literal "type"`);
      const memberName = name + capitalised(tag);
      this.#struct(memberName, { ...member, properties }, `tag="${tag}"`);
      return memberName;
    });
    this.#structs.push(`${name} = ${classes.join(' | ')}`);
  }

  #struct(name: string, schema: JsonSchema, tag?: string): void {
    const fields = Object.entries(schema.properties ?? {}).map(([key, property]) =>
      this.#field(name, key, property, schema.required?.includes(key) ?? false),
    );
    const open = schema.additionalProperties !== false;
    const base = open ? 'OpenWireStruct' : 'WireStruct';
    const options = ['frozen=True', 'kw_only=True', ...(tag === undefined ? [] : [tag])];
    const head = `class ${name}(${base}, ${options.join(', ')}):`;
    this.#structs.push([head, ...(fields.length === 0 ? ['    pass'] : fields)].join('\n'));
  }

  #field(owner: string, key: string, schema: JsonSchema, required: boolean): string {
    const type = this.#type(schema, owner + capitalised(key));
    const declaration = `    ${snakeCase(key)}: ${type}`;
    if (required) return wrapLiteral(declaration);
    if (schema.default === undefined) return wrapLiteral(`${declaration} | None = None`);
    return wrapLiteral(`${declaration} = ${literal(schema.default, schema.type)}`);
  }

  /** The type expression of a schema; `name` is for a struct that has none of its own. */
  #type(schema: JsonSchema, name: string): string {
    if (schema.$ref !== undefined) {
      this.#define(schema.$ref);
      return schema.$ref;
    }
    if (schema.enum !== undefined) return `Literal[${schema.enum.map(quoted).join(', ')}]`;
    if (schema.anyOf !== undefined) {
      return schema.anyOf.map((member) => this.#type(member, name)).join(' | ');
    }
    if (typeof schema.type === 'object') {
      return schema.type.map((type) => this.#type({ ...schema, type }, name)).join(' | ');
    }
    switch (schema.type) {
      case undefined:
        return 'object';
      case 'null':
        return 'None';
      case 'boolean':
        return 'bool';
      case 'string':
        return annotated('str', { min_length: schema.minLength, max_length: schema.maxLength });
      case 'number':
        return annotated('float', { ge: schema.minimum, le: schema.maximum });
      case 'integer':
        return integer(schema);
      case 'array':
        return annotated(`tuple[${this.#type(schema.items ?? {}, name)}, ...]`, {
          min_length: schema.minItems,
          max_length: schema.maxItems,
        });
      case 'object':
        return this.#objectType(schema, name);
      default:
        throw new Error(`${name} has the type ${String(schema.type satisfies never)}`);
    }
  }

  #objectType(schema: JsonSchema, name: string): string {
    if (schema.properties !== undefined) {
      this.#struct(name, schema);
      return name;
    }
    if (typeof schema.additionalProperties !== 'object') {
      throw new Error(`${name} is neither a record nor an object with properties`);
    }
    return `dict[str, ${this.#type(schema.additionalProperties, name)}]`;
  }
}

/** Zod bounds every integer by what a JSON number carries exactly; those have short names. */
function integer({ minimum, maximum }: JsonSchema): string {
  if (maximum === Number.MAX_SAFE_INTEGER) {
    if (minimum === Number.MIN_SAFE_INTEGER) return 'SafeInteger';
    if (minimum === 0) return 'Count';
  }
  return annotated('int', { ge: minimum, le: maximum });
}

function annotated(type: string, bounds: Readonly<Record<string, number | undefined>>): string {
  const given = Object.entries(bounds).filter(([, value]) => value !== undefined);
  if (given.length === 0) return type;
  const meta = given.map(([key, value]) => `${key}=${bound(value)}`).join(', ');
  return `Annotated[${type}, Meta(${meta})]`;
}

function bound(value: number | undefined): string {
  return value === Number.MAX_SAFE_INTEGER ? 'MAX_SAFE_INTEGER' : numeral(value ?? 0);
}

function numeral(value: number): string {
  return String(value).replace(/^-?\d+$/, (digits) => digits.replaceAll(/\B(?=(?:\d{3})+$)/g, '_'));
}

function literal(value: unknown, type: JsonSchema['type']): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') {
    return type === 'number' && Number.isInteger(value) ? `${value}.0` : numeral(value);
  }
  if (Array.isArray(value) && value.length === 0) return '()';
  throw new Error(`No Python literal for the default ${JSON.stringify(value)}`);
}

/** Breaks a declaration the way `ruff format` does when it is longer than a line. */
function wrapLiteral(line: string): string {
  if (line.length <= LINE_LENGTH) return line;
  const match = /^(\s*)(.*?)\[(.*)\](.*)$/.exec(line);
  if (match === null) throw new Error(`Cannot break the line: ${line}`);
  const [, indent = '', head, body = '', tail] = match;
  const inner = `${indent}    `;
  const items = head?.endsWith('Literal') ? body.split(', ') : splitAtTop(body);
  return [
    `${indent}${head}[`,
    ...items.map((item) => `${inner}${item},`),
    `${indent}]${tail}`,
  ].join('\n');
}

/** Splits at the commas that are not inside brackets. */
function splitAtTop(body: string): string[] {
  const items: string[] = [];
  let depth = 0;
  let start = 0;
  for (const [index, character] of body.split('').entries()) {
    if ('[('.includes(character)) depth += 1;
    if ('])'.includes(character)) depth -= 1;
    if (character === ',' && depth === 0) {
      items.push(body.slice(start, index));
      start = index + 2;
    }
  }
  return [...items, body.slice(start)];
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

function capitalised(text: string): string {
  return text.replaceAll(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
}

function snakeCase(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
