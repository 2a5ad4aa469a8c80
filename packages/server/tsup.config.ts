import { defineConfig } from 'tsup';
import { versionConstant } from '../version-constant.js';

export default defineConfig({
  entry: ['src/index.ts', 'src/cli.ts', 'src/openapi/document.ts'],
  format: 'esm',
  target: 'es2023',
  sourcemap: true,
  clean: true,
  define: versionConstant('SERVER_VERSION'),
});
