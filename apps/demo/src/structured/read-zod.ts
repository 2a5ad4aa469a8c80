import object from '@jsep-plugin/object';
import jsep, { type Expression } from 'jsep';
import { z } from 'zod';

jsep.plugins.register(object);

/** What `z` has here, one by one: zod as a whole would come with the messages of all its languages. */
const MAKERS = new Map<string, unknown>(
  Object.entries({
    string: z.string,
    number: z.number,
    boolean: z.boolean,
    null: z.null,
    int: z.int,
    object: z.object,
    strictObject: z.strictObject,
    array: z.array,
    enum: z.enum,
    literal: z.literal,
    union: z.union,
    tuple: z.tuple,
    record: z.record,
    email: z.email,
    url: z.url,
    uuid: z.uuid,
  }),
);
/** What may be called on a schema. Nothing else of JavaScript is there. */
const METHODS = new Set(
  (
    'min max length regex email url uuid int positive negative nonnegative gt gte lt lte multipleOf ' +
    'optional nullable nullish describe array nonempty startsWith endsWith includes'
  ).split(' '),
);
/**
 * The schema that a text such as `z.object({ name: z.string().max(40) })`
 * stands for. The text is read, never run.
 */
export function readZod(text: string): z.ZodType {
  const source = text
    .trim()
    .replace(/;$/, '')
    .replace(/,(?=\s*[}\])])/g, '');
  const value = evaluate(jsep(source));
  if (value instanceof z.ZodType) return value;
  throw new Error('The text is no schema: begin with z.object({ … }).');
}

function evaluate(node: Expression): unknown {
  switch (node.type) {
    case 'Literal':
      return node['value'];
    case 'ArrayExpression':
      return list(node['elements']).map(evaluate);
    case 'ObjectExpression':
      return Object.fromEntries(list(node['properties']).map(evaluateProperty));
    case 'UnaryExpression':
      return negative(node);
    case 'CallExpression':
      return call(node);
    default:
      throw new Error(
        `"${describe(node)}" is not known here: schemas are made of z and its methods.`,
      );
  }
}

function evaluateProperty(property: Expression): [string, unknown] {
  const key = property['key'] as Expression;
  const name = key.type === 'Identifier' ? key['name'] : key['value'];
  return [asText(name), evaluate(property['value'] as Expression)];
}

function negative(node: Expression): number {
  const value = evaluate(node['argument'] as Expression);
  if (node['operator'] === '-' && typeof value === 'number') return -value;
  throw new Error('Only numbers can have a sign.');
}

function call(node: Expression): unknown {
  const callee = node['callee'] as Expression;
  const method = asText((callee['property'] as Expression | undefined)?.['name']);
  const target = callee['object'] as Expression | undefined;
  if (callee.type !== 'MemberExpression' || callee['computed'] === true || !target) {
    throw new Error(
      `"${describe(callee)}" cannot be called: schemas are made of z and its methods.`,
    );
  }
  const onZ = target.type === 'Identifier' && target['name'] === 'z';
  const made = onZ ? MAKERS.get(method) : methodOf(evaluate(target), method);
  if (typeof made !== 'function') throw unknownMethod(method, onZ);
  return made(...list(node['arguments']).map(evaluate));
}

function methodOf(schema: unknown, name: string): unknown {
  if (!(schema instanceof z.ZodType) || !METHODS.has(name)) return undefined;
  const method: unknown = Reflect.get(schema, name);
  return typeof method === 'function' ? method.bind(schema) : undefined;
}

function unknownMethod(method: string, onZ: boolean): Error {
  const known = [...(onZ ? MAKERS.keys() : METHODS)].join(', ');
  return new Error(`${onZ ? 'z' : ''}.${method}() is not known here. Known: ${known}.`);
}

function list(value: unknown): readonly Expression[] {
  return Array.isArray(value) ? value : [];
}

function describe(node: Expression): string {
  return asText(node['name'] ?? node['value'] ?? node.type);
}

function asText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
