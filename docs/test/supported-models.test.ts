import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { withArchitectures } from '../list-supported.ts';
import { root } from './promises.ts';

it('SUPPORTED_MODELS.md lists what the installed mlx-lm has (node docs/list-supported.ts)', () => {
  const page = readFileSync(new URL('docs/SUPPORTED_MODELS.md', root), 'utf8');
  expect(page).toMatch(/`llama`, .*`qwen3`/);
  expect(page).toBe(withArchitectures());
});
