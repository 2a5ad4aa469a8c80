import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // No file changes what another one imports, and importing is much of what they cost.
    isolate: false,
    // Hundreds of thousands of faults take their time on a machine that has other things to do.
    testTimeout: 30_000,
    coverage: {
      include: ['src/**'],
      thresholds: { statements: 95, branches: 95, functions: 95, lines: 95 },
    },
  },
});
