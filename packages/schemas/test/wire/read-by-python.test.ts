import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { GenerateParamsSchema, WireSamplingSchema } from '../../src/wire/index.js';

const runtime = fileURLToPath(
  new URL('../../../../python-runtime/src/mlx_runtime/', import.meta.url),
);
const source = globSync('**/*.py', { cwd: runtime })
  .filter((file) => file !== 'wire.py')
  .map((file) => readFileSync(`${runtime}/${file}`, 'utf8'))
  .join('\n');

const toSnakeCase = (key: string) =>
  key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

it.each([...Object.keys(WireSamplingSchema.shape), ...Object.keys(GenerateParamsSchema.shape)])(
  'the runtime reads %s of a request',
  (key) => {
    expect(source).toMatch(new RegExp(String.raw`\.${toSnakeCase(key)}\b`));
  },
);
