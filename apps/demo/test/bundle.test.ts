import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';

const folder = new URL('../dist/', import.meta.url);

it('is at most 350 kB, gzipped, with all that is loaded later', () => {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => gzipSync(readFileSync(`${parentPath}/${name}`)).length);
  expect(files.length).toBeGreaterThan(3);
  expect(files.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(350_000);
});
