/*
 * Writes openapi.json. With --check it writes nothing and fails when the file
 * is out of date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { openApiDocument } from '../dist/openapi/document.js';

const file = new URL('../openapi.json', import.meta.url);
const expected = `${JSON.stringify(openApiDocument(), null, 2)}\n`;

if (!process.argv.includes('--check')) {
  writeFileSync(file, expected);
} else if (readFileSync(file, 'utf8') !== expected) {
  process.stderr.write(`${file.pathname} is out of date: run \`pnpm generate\`\n`);
  process.exitCode = 1;
}
