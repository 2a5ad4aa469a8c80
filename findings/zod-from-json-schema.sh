#!/usr/bin/env bash
# behaviour: z.fromJSONSchema of zod refuses "not", "if" and "dependentRequired" by name, and is silent about
# what it drops besides: everything where "type" is missing, "anyOf" next to "type", what stands beside
# a "$ref", a pattern's rule for a property that is named as well, and "required" of what "properties"
# does not have. An object as "const" is satisfied by nothing, equal objects included. ajv checks all.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit zod@4.6.7 ajv@8.20.0
cat >seen.mjs <<'JAVASCRIPT'
import { createRequire } from 'node:module';
import Ajv from 'ajv/dist/2020.js';
import { z } from 'zod';

const require = createRequire(import.meta.url);
const versions = ['zod', 'ajv'].map((name) => `${name} ${require(`${name}/package.json`).version}`);
console.log('node', process.versions.node, ...versions);
const text = { type: 'string' };
const cases = {
  'no type': [{ properties: { a: text }, required: ['a'] }, { a: 1 }],
  'no type, a bound': [{ minimum: 3 }, 1],
  'anyOf beside type': [{ type: 'object', anyOf: [{ required: ['a'] }, { required: ['b'] }] }, {}],
  'beside $ref': [
    { $defs: { text }, type: 'object', properties: { a: { $ref: '#/$defs/text', minLength: 3 } } },
    { a: 'x' },
  ],
  'patternProperties of a named one': [
    { type: 'object', properties: { xa: {} }, patternProperties: { '^x': { minimum: 5 } } },
    { xa: 1 },
  ],
  'required, not described': [{ type: 'object', required: ['a'] }, {}],
  'enum beside type': [{ type: 'string', enum: ['a', 1] }, 1],
  'an equal const': [{ const: { a: 1 } }, { a: 1 }],
};
const differ = Object.entries(cases).map(([name, [schema, value]]) => {
  const byZod = z.fromJSONSchema(schema).safeParse(value).success;
  const byAjv = new Ajv({ strict: false }).validate(schema, value);
  console.log(`  ${name}: ${JSON.stringify(value)} is valid to zod: ${byZod}, to ajv: ${byAjv}`);
  return byZod !== byAjv;
});
const refuses = [{ not: text }, { if: text, then: text }].every((schema) => {
  try {
    z.fromJSONSchema(schema);
    return false;
  } catch (error) {
    console.log('  refused:', error.message);
    return true;
  }
});
if (!differ.every(Boolean) || !refuses) process.exit(1);
JAVASCRIPT
node seen.mjs
