import { defineConfig } from 'vitest/config';
import { versionConstant } from '../version-constant.js';

export default defineConfig({
  define: versionConstant('ENGINE_VERSION'),
  test: {
    // Real processes are started, on machines that may have other things to do.
    testTimeout: 30_000,
    // What is waited for may take its time there; what comes at once is seen at once.
    expect: { poll: { timeout: 15_000 } },
    coverage: {
      provider: 'v8',
      include: ['src/**'],
      thresholds: { lines: 90, functions: 85, branches: 80, statements: 90 },
    },
  },
});
