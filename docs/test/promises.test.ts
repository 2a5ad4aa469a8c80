import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const root = new URL('../../', import.meta.url).pathname;
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const headings = (path: string) =>
  [...read(path).matchAll(/^## (.*)$/gm)].map((match) => match[1] ?? '');

const documents = ['*.md', 'docs/*.md', 'packages/*/README.md', 'apps/*/README.md'];

it('the guide to the schemas has every chapter', () => {
  expect(headings('docs/ZOD_SCHEMAS.md')).toEqual([
    'Introduction',
    'Quick Start',
    'Core Schemas',
    'Config Schemas',
    'Telemetry & Event Schemas',
    'Error Handling with zodErrorToEngineError',
    'Advanced Usage',
    'Migration Guide from manual validators',
    'API Reference',
    'Best Practices',
    'Performance',
    'Troubleshooting',
  ]);
});

it('the README shows how input is validated', () => {
  expect(headings('README.md')).toContain('Validate');
});

it('every package has a README, and the root README links to it', () => {
  const packages = globSync('packages/*/package.json', { cwd: root }).map(dirname);
  expect(packages.filter((folder) => !existsSync(join(root, folder, 'README.md')))).toEqual([]);
  expect(packages.filter((folder) => !read('README.md').includes(`(${folder})`))).toEqual([]);
});

it('the command is named with its package, since npx would look for another', () => {
  const pages = globSync(documents, { cwd: root });
  expect(pages.filter((page) => /npx mlx-serve/.test(read(page)))).toEqual([]);
});

it('models in examples are named as the engine takes them', () => {
  const named = globSync(documents, { cwd: root }).flatMap((page) =>
    [...read(page).matchAll(/\bmodel: '([^']+)'/g)].map(([, model = '']) => model),
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((model) => !/^[\w.-]+\/[\w.-]+$/.test(model))).toEqual([]);
});

it.for(globSync(documents, { cwd: root }))('every link of %s leads to a file', (document) => {
  const links = [...read(document).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(
    (match) => match[1] ?? '',
  );
  const folder = dirname(join(root, document));
  expect(links.filter((link) => !existsSync(join(folder, link)))).toEqual([]);
});
