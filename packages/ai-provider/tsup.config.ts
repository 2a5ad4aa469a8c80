import { defineConfig } from 'tsup';
import { versionConstant } from '../version-constant.js';

export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  target: 'es2022',
  sourcemap: true,
  clean: true,
  define: versionConstant('PROVIDER_VERSION'),
});
