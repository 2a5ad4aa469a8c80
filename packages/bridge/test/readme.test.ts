import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { codeBlocks } from '../../../docs/test/code-blocks.js';

const root = join(import.meta.dirname, '..');

test('the example in the README runs', async () => {
  const blocks = codeBlocks(['packages/bridge/README.md']);
  const example = blocks.find(({ language }) => language === 'ts');
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module-typescript', '--eval', example?.code ?? ''],
    { cwd: root },
  );
  expect(stdout.trim().split(' ')).toHaveLength(8);
  expect(stderr).toContain('starting -> ready');
});
