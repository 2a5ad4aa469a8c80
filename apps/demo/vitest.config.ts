import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // A browser and a model that run at once take the processor from each other.
    fileParallelism: false,
    testTimeout: 90_000,
  },
});
