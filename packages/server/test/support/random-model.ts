import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createEngine, type Engine } from '@mlx/engine';
import { writeRandomLlama } from './random-llama.js';

const TEMPLATES = fileURLToPath(
  new URL('../../../../python-runtime/tests/text/chat/templates/', import.meta.url),
);

/** The chat template of a test, as a well-known family has it. */
export function templateAs(family: string): string {
  return readFileSync(join(TEMPLATES, `${family}.jinja`), 'utf8');
}

/** An engine with a model of random weights, which costs hardly anything. */
export async function startRandomModel(model: string, family = 'chatml') {
  const folder = mkdtempSync(join(tmpdir(), 'mlx-random-'));
  const path = join(folder, model);
  await writeRandomLlama(path, { template: templateAs(family) });
  const engine: Engine = createEngine();
  await engine.loadModel({ model: { id: model, path } });
  const stop = async () => {
    await engine.shutdown();
    rmSync(folder, { recursive: true });
  };
  return { engine, directory: path, stop };
}
