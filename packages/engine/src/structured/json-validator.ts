import { Ajv, type Options, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { timedPattern } from './timed-pattern.js';

/** What is wrong with a value; undefined: nothing. */
export type ValidateJson = (value: unknown) => string | undefined;

const KEPT_VALIDATORS = 64;
const OLD_DIALECT = /draft-0[3467]/;

const options: Options = {
  strict: false,
  logger: false,
  validateSchema: false,
  code: { regExp: Object.assign(timedPattern, { code: 'timedPattern' }) },
};

const kept = new Map<string, ValidateJson>();

/** Checks values against a JSON Schema of any dialect, which is given as JSON. */
export function jsonValidator(schema: string): ValidateJson {
  const known = kept.get(schema) ?? makeValidator(schema);
  kept.delete(schema);
  kept.set(schema, known);
  const [oldest] = kept.keys();
  if (kept.size > KEPT_VALIDATORS && oldest !== undefined) kept.delete(oldest);
  return known;
}

function makeValidator(schema: string): ValidateJson {
  let validate: ValidateFunction;
  try {
    validate = compile(JSON.parse(schema));
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return () => `It could not be checked: ${reason}`;
  }
  return (value) => (validate(value) ? undefined : told(validate));
}

function compile(schema: unknown): ValidateFunction {
  if (typeof schema !== 'object' || schema === null) return new Ajv(options).compile({});
  const { $schema: dialect, ...rest } = schema as Record<string, unknown>;
  const isOld = typeof dialect === 'string' && OLD_DIALECT.test(dialect);
  const ajv = isOld ? new Ajv(options) : new Ajv2020(options);
  addFormats.default(ajv);
  return ajv.compile(isOld ? (withoutNeighbours(rest) as object) : rest);
}

/** Keywords whose values are no schemas, whatever they look like. */
const DATA = new Set(['const', 'enum', 'default', 'examples']);

/** In the older drafts what stands beside a reference says nothing; ajv would hold it. */
function withoutNeighbours(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(withoutNeighbours);
  if (typeof part !== 'object' || part === null) return part;
  const { $ref: reference, definitions, $defs } = part as Record<string, unknown>;
  // Where definitions stand beside a reference it is the root's, whose places references name.
  const said = typeof reference === 'string' ? { $ref: reference, definitions, $defs } : part;
  const entries = Object.entries(said).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, DATA.has(name) ? value : withoutNeighbours(value)]),
  );
}

function told({ errors }: ValidateFunction): string {
  const [first] = errors ?? [];
  if (first === undefined) return 'It does not follow its schema';
  return `${first.instancePath === '' ? 'The value' : first.instancePath} ${first.message ?? first.keyword}`;
}
