import { defineConfig } from 'vitest/config';
import { versionConstant } from '../version-constant.js';

export default defineConfig({
  define: versionConstant('PROVIDER_VERSION'),
  test: {
    // Model processes that run at once take the processor from each other.
    fileParallelism: false,
    coverage: {
      include: ['src/**'],
      exclude: ['src/index.ts'],
      thresholds: { lines: 90, functions: 85, branches: 80 },
    },
  },
});
