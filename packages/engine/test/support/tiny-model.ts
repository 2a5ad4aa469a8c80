import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type * as EngineSetup from '../../src/setup/index.js';

type Setup = Pick<
  typeof EngineSetup,
  'DEFAULT_MODEL_ID' | 'ensureModel' | 'resolvePythonEnvironment'
>;

const tests = fileURLToPath(new URL('../../../../python-runtime/tests/process', import.meta.url));
const script = [
  'import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])',
  'from tiny_model import write_tiny_model',
  'write_tiny_model(Path(sys.argv[2]), Path(sys.argv[3]), num_attention_heads=4, num_key_value_heads=2)',
].join('\n');

/**
 * A model of random weights, with the default model's tokenizer, that two processes can divide.
 * @param setup the engine's, from its sources or as it is built
 */
export async function writeTinyModel(folder: string, setup: Setup): Promise<void> {
  const { python, env } = setup.resolvePythonEnvironment();
  const path = await setup.ensureModel(process.env['MLX_TEST_MODEL'] ?? setup.DEFAULT_MODEL_ID);
  mkdirSync(folder, { recursive: true });
  execFileSync(python, ['-c', script, tests, folder, path], { env: { ...process.env, ...env } });
}
