import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { createEngine } from '../../src/index.js';

afterEach(() => vi.unstubAllEnvs());

/** A machine on which nothing is set up, and whose Python is not there. */
function bareMachine(): void {
  vi.stubEnv('MLX_SERVE_HOME', mkdtempSync(join(tmpdir(), 'bare-')));
  vi.stubEnv('MLX_PYTHON', '/nowhere/python3');
}

it('sets Python up with the first model', async () => {
  bareMachine();
  await using engine = createEngine();
  await expect(engine.loadModel('acme/model')).rejects.toThrow('/nowhere/python3');
});
