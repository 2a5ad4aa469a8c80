import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { resolvePythonEnvironment } from '@mlx/engine/setup';

const script = fileURLToPath(
  new URL('../../../../python-runtime/tests/vision/tiny_models.py', import.meta.url),
);

/** Writes a model of random weights that sees into `folder`. */
export function writeTinyVisionModel(family: string, folder: string): void {
  const { python, env } = resolvePythonEnvironment();
  execFileSync(python, [script, family, folder], { env: { ...process.env, ...env } });
}
