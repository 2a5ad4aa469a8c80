import { symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { resolvePythonEnvironment, type EnsureModelOptions } from '../../../src/setup/index.js';
import { temporaryFolder } from './temporary.js';

/** A model of the hub, with code that nobody should fetch. */
export const files = {
  'config.json': '{"model_type": "llama"}',
  'tokenizer.json': '{}',
  'model.safetensors': 'weights',
  'modeling_tiny.py': 'evil',
};

interface Scene {
  readonly home: string;
  readonly messages: string[];
  readonly options: EnsureModelOptions & { readonly variables: NodeJS.ProcessEnv };
}

/** A home of its own that borrows the real Python environment, which `npm test` sets up. */
export function scene(variables: NodeJS.ProcessEnv): Scene {
  const home = temporaryFolder();
  const { root } = resolvePythonEnvironment();
  symlinkSync(dirname(root), join(home, 'python'));
  const messages: string[] = [];
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('HF_'));
  const own = { MLX_SERVE_HOME: home, HF_HOME: join(home, 'hf'), NO_PROXY: '127.0.0.1' };
  return {
    home,
    messages,
    options: {
      variables: { ...Object.fromEntries(inherited), ...own, ...variables },
      onProgress: ({ message }) => void messages.push(message),
    },
  };
}
