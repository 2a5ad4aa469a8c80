import * as z from 'zod';
import { schemaAt } from './schema-tree.js';
import { toLayer, type Layer } from './settings.js';

const VARIABLE_PREFIX = 'MLX_SERVING__';

export type Variables = Readonly<Record<string, string | undefined>>;

/** The layer of `MLX_SERVING__SECTION__KEY=value` variables. */
export function variablesLayer(variables: Variables): Layer {
  const layers = Object.entries(variables)
    .filter(([name]) => name.startsWith(VARIABLE_PREFIX))
    .map(([name, text]) => variableLayer(name, text ?? ''));
  return {
    settings: layers.flatMap((layer) => layer.settings),
    unknownKeys: layers.flatMap((layer) => layer.unknownKeys),
    deprecations: layers.flatMap((layer) => layer.deprecations),
  };
}

function variableLayer(name: string, text: string): Layer {
  const path = name.slice(VARIABLE_PREFIX.length).toLowerCase().split('__');
  const value = readValue(schemaAt(path), text);
  const nested = path.reduceRight<unknown>((inner, key) => singleKey(key, inner), value);
  return toLayer(nested, () => ({ layer: 'variable', name }));
}

/** An own property, whatever the key is: `{ [key]: value }` would not do for `__proto__`. */
function singleKey(key: string, value: unknown): object {
  return Object.defineProperty({}, key, { value, enumerable: true });
}

/** Reads text as what the schema expects; text that does not fit is left for validation. */
function readValue(schema: z.core.$ZodType | undefined, text: string): unknown {
  if (schema instanceof z.ZodDefault) return readValue(schema.unwrap(), text);
  if (schema instanceof z.ZodBoolean) return readBoolean(text);
  if (schema instanceof z.ZodArray) return readList(text);
  return isNumeric(schema) && text.trim() !== '' && !Number.isNaN(Number(text))
    ? Number(text)
    : text;
}

function isNumeric(schema: z.core.$ZodType | undefined): boolean {
  if (schema instanceof z.ZodLiteral) return [...schema.values].every(Number.isFinite);
  return schema instanceof z.ZodNumber;
}

function readBoolean(text: string): unknown {
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  return text;
}

/** Items separated by commas. */
const readList = (text: string) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
