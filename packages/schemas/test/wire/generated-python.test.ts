import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { renderPython } from '../../scripts/render-python.ts';
import * as wire from '../../src/wire/index.js';

const wirePython = new URL('../../../../python-runtime/src/mlx_runtime/wire.py', import.meta.url);

it("the sidecar's structs are what the schemas generate (else: pnpm generate)", () => {
  expect(readFileSync(wirePython, 'utf8')).toBe(renderPython(wire));
});
