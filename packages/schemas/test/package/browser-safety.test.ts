import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { subpaths } from '../../subpaths.config.js';

const packageRoot = new URL('../..', import.meta.url).pathname;
const source = join(packageRoot, 'src');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);
const importsOf = (file: string) =>
  [...readFileSync(join(source, file), 'utf8').matchAll(/from '([^']+)'/g)].map(
    (match) => match[1],
  );

describe('the package', () => {
  it.each(files)('imports nothing but zod in %s', (file) => {
    const foreign = importsOf(file).filter((specifier) => !specifier?.startsWith('.'));
    expect(foreign.filter((specifier) => specifier !== 'zod')).toEqual([]);
  });

  it('has no runtime dependency but zod, as a peer', () => {
    const manifest: unknown = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
    expect(manifest).toMatchObject({ peerDependencies: { zod: '^4' }, sideEffects: false });
    expect(manifest).not.toHaveProperty('dependencies');
  });

  it.each(subpaths)('can be imported by its subpath %s alone', async (subpath) => {
    const module: object = await import(`../../dist/${subpath}/index.js`);
    expect(Object.keys(module).length).toBeGreaterThan(2);
  });

  it('re-exports every subpath that pages need from its entry', async () => {
    const entry: object = await import('../../dist/index.js');
    for (const subpath of ['common', 'config', 'wire', 'openai', 'anthropic']) {
      const module: object = await import(`../../dist/${subpath}/index.js`);
      expect(Object.keys(entry)).toEqual(expect.arrayContaining(Object.keys(module)));
    }
  });
});
