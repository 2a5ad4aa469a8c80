import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Real models on machines that may have other things to do.
  test: { testTimeout: 300_000, fileParallelism: false },
});
