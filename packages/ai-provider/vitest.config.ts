import { defineConfig } from 'vitest/config';
import { versionConstant } from '../version-constant.js';

export default defineConfig({
  define: versionConstant('PROVIDER_VERSION'),
  test: {
    // Model processes that run at once take the processor from each other.
    fileParallelism: false,
    // Real processes are started, on machines that may have other things to do.
    testTimeout: 30_000,
    // What is waited for may take its time there; what comes at once is seen at once.
    expect: { poll: { timeout: 15_000 } },
    coverage: {
      include: ['src/**'],
      exclude: ['src/index.ts'],
      thresholds: { lines: 90, functions: 85, branches: 80 },
    },
  },
});
