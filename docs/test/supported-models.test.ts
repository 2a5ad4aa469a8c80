import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { withArchitectures } from '../list-supported.ts';
import { root } from './promises.ts';

it('SUPPORTED_MODELS.md lists what the installed mlx-lm has', { timeout: 60_000 }, () => {
  const page = readFileSync(new URL('docs/SUPPORTED_MODELS.md', root), 'utf8');
  expect(page).toMatch(/`llama`, .*`qwen3`/);
  expect(page, 'run: node docs/list-supported.ts').toBe(withArchitectures());
});
