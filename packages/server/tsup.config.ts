import { readFileSync } from 'node:fs';
import { defineConfig } from 'tsup';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

export default defineConfig({
  entry: ['src/index.ts', 'src/cli.ts', 'src/openapi/document.ts'],
  format: 'esm',
  target: 'es2023',
  sourcemap: true,
  clean: true,
  define: { SERVER_VERSION: JSON.stringify(version) },
});
