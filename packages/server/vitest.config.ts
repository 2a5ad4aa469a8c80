import { defineConfig } from 'vitest/config';
import { versionConstant } from '../version-constant.js';

export default defineConfig({
  define: versionConstant('SERVER_VERSION'),
  test: {
    // Model processes that run at once take the processor from each other.
    fileParallelism: false,
    coverage: {
      include: ['src/**'],
      // Covered by the tests that start the built command as a process.
      exclude: ['src/cli.ts', 'src/index.ts'],
      thresholds: { lines: 90, functions: 85, branches: 80 },
    },
  },
});
