import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { codeBlocks } from '../../../../docs/test/code-blocks.js';

const root = join(import.meta.dirname, '..', '..');
const examples = codeBlocks(['packages/engine/README.md']).filter(
  ({ language }) => language === 'ts',
);

const said = [
  /Paris.*\n\d+ tokens\n$/s,
  /^The capital of France is Paris\.\n$/,
  /^Timeout, worth another try\n$/,
  /starting -> ready\n\{"healthy":true/,
];

test.each(said.map((output, index) => [index + 1, output] as const))(
  'example %i of the README runs',
  async (number, output) => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module-typescript', '--eval', examples[number - 1]?.code ?? ''],
      { cwd: root },
    );
    expect(stdout).toMatch(output);
  },
  120_000,
);

test('every example is run', () => {
  expect(examples).toHaveLength(said.length);
});
