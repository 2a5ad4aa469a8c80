import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const packages = fileURLToPath(new URL('../../packages/', import.meta.url));
const IMPORT = /^(?:import|export)\b[^;]*?from '(\.[^']+)'/gm;

/** The folder of `src` that a file is in; files beside the folders are in none. */
function folderOf(file: string): string | undefined {
  const [folder, ...rest] = file.split(sep);
  return rest.length === 0 ? undefined : folder;
}

/** `from > to` for each folder whose files import another's, types included. */
function edgesOf(source: string): Set<string> {
  const edges = new Set<string>();
  for (const file of globSync('**/*.ts', { cwd: source })) {
    const from = folderOf(file);
    for (const [, path = ''] of readFileSync(join(source, file), 'utf8').matchAll(IMPORT)) {
      const to = folderOf(normalize(join(dirname(file), path)));
      if (from !== undefined && to !== undefined && from !== to) edges.add(`${from} > ${to}`);
    }
  }
  return edges;
}

/** The edges that lie on circles or between them; empty: there is no circle. */
function circlesIn(edges: ReadonlySet<string>): string[] {
  let left = [...edges].map((edge) => edge.split(' > '));
  for (;;) {
    const importing = new Set(left.map(([from]) => from));
    const imported = new Set(left.map(([, to]) => to));
    const kept = left.filter(([from, to]) => importing.has(to) && imported.has(from));
    if (kept.length === left.length) return left.map((edge) => edge.join(' > '));
    left = kept;
  }
}

describe.each(['bridge', 'engine', 'server'])('folders of %s', (name) => {
  const edges = edgesOf(join(packages, name, 'src'));

  it('import each other', () => {
    expect(edges.size).toBeGreaterThan(5);
  });

  it('import in one direction only', () => {
    expect(circlesIn(edges)).toEqual([]);
  });
});

it('no file of a package or an app is longer than 300 lines', () => {
  const root = join(packages, '..');
  const files = globSync('{packages,apps}/*/src/**/*.{ts,tsx}', { cwd: root });
  const lengths = files.map((file) => ({ file, lines: linesOf(join(root, file)) }));
  expect(files.length).toBeGreaterThan(500);
  expect(lengths.filter(({ lines }) => lines > 300)).toEqual([]);
});

const linesOf = (file: string): number => readFileSync(file, 'utf8').split('\n').length - 1;

it('a folder that imports back is found', () => {
  expect(circlesIn(new Set(['a > b', 'b > c', 'c > b']))).toEqual(['b > c', 'c > b']);
  expect(circlesIn(new Set(['a > b', 'b > c']))).toEqual([]);
});
