import { defineConfig } from 'tsup';
import { buildConstants } from './build-constants.config.js';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    'setup/index': 'src/setup/index.ts',
    'cli/index': 'src/cli/index.ts',
    cli: 'src/cli.ts',
  },
  format: 'esm',
  target: 'es2023',
  define: buildConstants,
  sourcemap: true,
  clean: true,
});
