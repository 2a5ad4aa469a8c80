import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { ensureModel, listModels } from '../../src/setup/index.js';
import { Hub } from './support/hub.js';
import { keepModel } from './support/kept.js';
import { files, scene } from './support/scene.js';

vi.setConfig({ testTimeout: 120_000 });

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
