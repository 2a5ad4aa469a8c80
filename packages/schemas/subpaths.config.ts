import { readFileSync } from 'node:fs';

const manifest = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as {
  exports: Record<string, unknown>;
};

/** The parts of the package that can be imported alone, as its manifest names them. */
export const subpaths = Object.keys(manifest.exports)
  .filter((path) => path !== '.' && !path.endsWith('.json'))
  .map((path) => path.replace('./', ''));
