import { defineConfig } from 'vitest/config';

export default defineConfig({
  define: { PROVIDER_VERSION: JSON.stringify('0.0.0-test') },
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
