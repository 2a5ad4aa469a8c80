import { defineConfig } from 'tsup';
import { versionConstant } from '../version-constant.js';

export default defineConfig({
  entry: ['src/index.ts', 'src/testing/index.ts', 'src/testing/fake-sidecar.ts'],
  format: 'esm',
  target: 'es2023',
  define: versionConstant('BRIDGE_VERSION'),
  sourcemap: true,
  // No chunks and no cleaning: a build replaces files that tests may be running from.
  splitting: false,
});
