import { defineConfig } from 'vitest/config';
import { buildConstants } from './build-constants.config.js';

export default defineConfig({
  define: buildConstants,
  test: {
    coverage: { provider: 'v8', include: ['src/**'] },
  },
});
