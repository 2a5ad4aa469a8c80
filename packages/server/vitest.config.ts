import { configDefaults, defineConfig } from 'vitest/config';
import { versionConstant } from '../version-constant.js';

/** Whoever traces tells all of a process. */
const ALONE = ['test/watch/**/*.test.ts'];

export default defineConfig({
  define: versionConstant('SERVER_VERSION'),
  test: {
    // Model processes that run at once take the processor from each other.
    fileParallelism: false,
    // Real processes are started, on machines that may have other things to do.
    testTimeout: 30_000,
    // What is waited for may take its time there; what comes at once is seen at once.
    expect: { poll: { timeout: 15_000 } },
    projects: [
      // Importing is most of what the others cost, so they share what they import.
      {
        extends: true,
        test: { name: 'together', exclude: [...configDefaults.exclude, ...ALONE], isolate: false },
      },
      { extends: true, test: { name: 'alone', include: ALONE } },
    ],
    coverage: {
      include: ['src/**'],
      // Covered by the tests that start the built command as a process.
      exclude: ['src/cli.ts', 'src/index.ts'],
      thresholds: { lines: 90, functions: 85, branches: 80 },
    },
  },
});
