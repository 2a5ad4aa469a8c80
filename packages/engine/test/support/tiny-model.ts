import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DEFAULT_MODEL_ID, ensureModel, resolvePythonEnvironment } from '../../src/setup/index.js';

const tests = fileURLToPath(new URL('../../../../python-runtime/tests/process', import.meta.url));
const script = [
  'import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])',
  'from tiny_model import write_tiny_model',
  'write_tiny_model(Path(sys.argv[2]), Path(sys.argv[3]), num_attention_heads=4, num_key_value_heads=2)',
].join('\n');

/** A model of random weights, with the default model's tokenizer, that two processes can divide. */
export async function writeTinyModel(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const { python, env } = resolvePythonEnvironment();
  const path = await ensureModel(process.env['MLX_TEST_MODEL'] ?? DEFAULT_MODEL_ID);
  execFileSync(python, ['-c', script, tests, folder, path], { env: { ...process.env, ...env } });
}
