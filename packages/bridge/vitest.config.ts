import { defineConfig } from 'vitest/config';
import { versionConstant } from '../version-constant.js';

export default defineConfig({
  define: versionConstant('BRIDGE_VERSION'),
  test: {
    // Real processes are started, on machines that may have other things to do.
    testTimeout: 30_000,
    // What is waited for may take its time there; what comes at once is seen at once.
    expect: { poll: { timeout: 15_000 } },
    coverage: {
      provider: 'v8',
      include: ['src/**'],
      // Runs in child processes of its own, where it cannot be measured from here.
      exclude: ['src/testing/**'],
      thresholds: { lines: 90, functions: 85, branches: 80, statements: 90 },
    },
  },
});
