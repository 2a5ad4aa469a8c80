import { readFile } from 'node:fs/promises';
import { defineConfig, type Options } from 'tsup';
import { subpaths } from './subpaths.config.js';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

/** The start of a call or member chain where a value is expected. */
const chainStart =
  /(?<=(?:[=(,:[]|\*\/)\s*)(?=z\s*\.|[A-Z]\w*\.|(?:\w+(?:Between|istOf|Object)|literal|withProperties)\()/g;

/*
 * Making a schema has no side effects, but a bundler cannot know. Marked as
 * pure, the schemas that a page does not use are left out of its bundle though
 * all of them share a few files.
 */
const markSchemasPure: Plugin = {
  name: 'mark-schemas-pure',
  setup(build) {
    build.onLoad({ filter: /src\/.*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      return { contents: source.replaceAll(chainStart, '/* @__PURE__ */ '), loader: 'ts' };
    });
  },
};

export default defineConfig({
  entry: ['src/index.ts', ...subpaths.map((subpath) => `src/${subpath}/index.ts`)],
  format: 'esm',
  target: 'es2023',
  sourcemap: true,
  clean: true,
  esbuildPlugins: [markSchemasPure],
});
