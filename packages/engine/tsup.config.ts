import { defineConfig } from 'tsup';

export default defineConfig({
  entry: { index: 'src/index.ts', 'setup/index': 'src/setup/index.ts', cli: 'src/cli.ts' },
  format: 'esm',
  target: 'es2023',
  sourcemap: true,
  clean: true,
});
