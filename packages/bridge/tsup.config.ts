import { defineConfig } from 'tsup';
import { buildConstants } from './build-constants.config.js';

export default defineConfig({
  entry: ['src/index.ts', 'src/testing/index.ts', 'src/testing/fake-sidecar.ts'],
  format: 'esm',
  target: 'es2023',
  define: buildConstants,
  sourcemap: true,
  // No chunks and no cleaning: a build replaces files that tests may be running from.
  splitting: false,
});
