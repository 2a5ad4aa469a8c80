import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // A browser and a model that run at once take the processor from each other.
    fileParallelism: false,
    testTimeout: 90_000,
    // What is waited for may take its time on a busy machine; what comes at once is seen at once.
    expect: { poll: { timeout: 15_000 } },
  },
});
