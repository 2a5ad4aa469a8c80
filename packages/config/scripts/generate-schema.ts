/*
 * Writes schema/runtime.schema.json. With --check it writes nothing and fails
 * when the file is out of date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { configJsonSchema } from '../dist/json-schema.js';

const file = new URL('../schema/runtime.schema.json', import.meta.url);
const expected = `${JSON.stringify(configJsonSchema(), null, 2)}\n`;

if (!process.argv.includes('--check')) {
  writeFileSync(file, expected);
} else if (readFileSync(file, 'utf8') !== expected) {
  process.stderr.write(`${file.pathname} is out of date: run \`pnpm generate\`\n`);
  process.exitCode = 1;
}
