import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: 'test/support/serve.ts',
    // Clients take seconds to be imported, and meanwhile the model may work for another.
    maxWorkers: 3,
    testTimeout: 90_000,
    hookTimeout: 240_000,
  },
});
