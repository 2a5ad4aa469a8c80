import { readFileSync } from 'node:fs';

const manifest = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** Replaced in the source by bundler and test runner alike. */
export const buildConstants = { ENGINE_VERSION: JSON.stringify(manifest.version) };
