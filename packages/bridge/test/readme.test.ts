import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

test('the example in the README runs', async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const [, example] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module-typescript', '--eval', example ?? ''],
    { cwd: root },
  );
  expect(stdout.trim().split(' ')).toHaveLength(8);
  expect(stderr).toContain('starting -> ready');
});
