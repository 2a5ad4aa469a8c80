#!/usr/bin/env bash
# behaviour: z.toJSONSchema of zod writes a regular expression's source as "pattern" and leaves its flags
# out, though it throws at other things that JSON Schema can not say. What zod takes for /^abc$/i the
# schema refuses; with a negated class, as in /^[^a]$/i, it is the other way round, and a model that
# writes by the schema writes what zod refuses. ArkType does the same; Valibot throws.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit zod@4.6.7 ajv@8.20.0 arktype@2.2.10 \
  valibot@1.5.0 @valibot/to-json-schema@1.8.0
cat >seen.mjs <<'JAVASCRIPT'
import { toJsonSchema } from '@valibot/to-json-schema';
import Ajv from 'ajv/dist/2020.js';
import { type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';

const ajv = new Ajv();
const differ = [];
for (const [expression, text] of [
  [/^abc$/i, 'ABC'],
  [/^[^a]$/i, 'A'],
  [/^b$/m, 'a\nb'],
  [/^a.b$/s, 'a\nb'],
]) {
  const schema = z.string().regex(expression);
  const { pattern } = z.toJSONSchema(schema);
  const byZod = schema.safeParse(text).success;
  const bySchema = ajv.validate({ type: 'string', pattern }, text);
  const byArkType = type(expression).toJsonSchema().pattern;
  console.log(`  ${expression} is "${pattern}", in ArkType "${byArkType}";`);
  console.log(`    ${JSON.stringify(text)} is valid to zod: ${byZod}, to its schema: ${bySchema}`);
  differ.push(byZod !== bySchema && byArkType === pattern);
}
const throws = (write) => {
  try {
    write();
    return false;
  } catch (error) {
    console.log('  refused:', error.message);
    return true;
  }
};
const valibot = throws(() => toJsonSchema(v.pipe(v.string(), v.regex(/^abc$/i))));
const elsewhere = throws(() => z.toJSONSchema(z.bigint()));
if (!differ.every(Boolean) || !valibot || !elsewhere) process.exit(1);
JAVASCRIPT
npm ls --depth=0 | tail -n +2
node seen.mjs
