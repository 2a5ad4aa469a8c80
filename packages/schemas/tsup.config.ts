import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/common/index.ts', 'src/config/index.ts', 'src/wire/index.ts', 'src/openai/index.ts', 'src/anthropic/index.ts'],
  format: 'esm',
  target: 'es2023',
  sourcemap: true,
  clean: true,
});
