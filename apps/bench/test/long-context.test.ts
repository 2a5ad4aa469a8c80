import { lstat, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withContext } from '../src/environment/long-context.ts';

test('a model gets a longer context, its other files stay where they are', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mlx-bench-test-'));
  try {
    const model = join(folder, 'model');
    await mkdir(model);
    await writeFile(join(model, 'config.json'), '{"max_position_embeddings":8192,"a":1}');
    await writeFile(join(model, 'tokenizer.json'), '{}');
    const { directory } = await copied(model);
    await expect(lstat(directory)).rejects.toThrow('ENOENT');
    expect(await readFile(join(model, 'config.json'), 'utf8')).toContain('8192');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

async function copied(model: string): Promise<{ readonly directory: string }> {
  await using copy = await withContext(model, 20_000);
  const config = await readFile(join(copy.directory, 'config.json'), 'utf8');
  expect(JSON.parse(config)).toEqual({ max_position_embeddings: 20_000, a: 1 });
  expect((await lstat(join(copy.directory, 'tokenizer.json'))).isSymbolicLink()).toBe(true);
  return copy;
}
