import { defineConfig } from 'tsup';
import { versionConstant } from '../version-constant.js';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    'setup/index': 'src/setup/index.ts',
    'fleet/index': 'src/fleet/index.ts',
    'cli/index': 'src/cli/index.ts',
    cli: 'src/cli.ts',
  },
  format: 'esm',
  target: 'es2023',
  define: versionConstant('ENGINE_VERSION'),
  sourcemap: true,
  clean: true,
});
