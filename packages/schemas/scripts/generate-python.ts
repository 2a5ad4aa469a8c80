/** Writes the sidecar's wire.py from the schemas; with `--check` fails when it would change. */
import { readFileSync, writeFileSync } from 'node:fs';
import * as wire from '../dist/wire/index.js';
import { renderPython } from './render-python.ts';

const TARGET = new URL('../../../python-runtime/src/mlx_runtime/wire.py', import.meta.url);

const text = renderPython(wire);
if (!process.argv.includes('--check')) {
  writeFileSync(TARGET, text);
} else if (readFileSync(TARGET, 'utf8') !== text) {
  process.stderr.write('wire.py is out of date: run `pnpm generate`\n');
  process.exitCode = 1;
}
