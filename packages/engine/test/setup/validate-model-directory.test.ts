import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { validateModelDirectory } from '../../src/setup/model/validate-model-directory.js';
import { temporaryFolder } from './support/temporary.js';

const complete = {
  'config.json': '{"model_type": "llama"}',
  'tokenizer.json': '{}',
  'model.safetensors': 'weights',
};

const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\n';

function directoryOf(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

const index = (...shards: string[]) =>
  JSON.stringify({ weight_map: Object.fromEntries(shards.map((shard) => [shard, shard])) });

describe('a model directory', () => {
  test('with config, tokenizer and safetensors is accepted', async () => {
    const folder = directoryOf(complete);
    await expect(validateModelDirectory(folder)).resolves.toBe(folder);
  });

  test('in shards is accepted when all of them are there', async () => {
    const shards = { 'model-1.safetensors': 'a', 'model-2.safetensors': 'b' };
    const { 'config.json': config, 'tokenizer.json': tokenizer } = complete;
    const files = { 'config.json': config, 'tokenizer.json': tokenizer, ...shards };
    const named = { 'model.safetensors.index.json': index(...Object.keys(shards)) };
    const folder = directoryOf({ ...files, ...named });
    await expect(validateModelDirectory(folder)).resolves.toBe(folder);
  });

  test.each([
    ['config.json', 'config.json is missing or empty'],
    ['tokenizer.json', 'tokenizer.json is missing or empty'],
    ['model.safetensors', 'model.safetensors is missing or empty'],
  ])('without %s is incomplete', async (name, words) => {
    const { [name as keyof typeof complete]: _, ...files } = complete;
    const validation = validateModelDirectory(directoryOf(files));
    await expect(validation).rejects.toThrow(words);
    await expect(validation).rejects.toMatchObject({ details: { reason: 'model-incomplete' } });
  });

  test.each([
    ['an empty weight file', { 'model.safetensors': '' }, 'model.safetensors is missing or empty'],
    ['a pointer as weights', { 'model.safetensors': pointer }, 'model.safetensors is a pointer'],
    ['a pointer as tokenizer', { 'tokenizer.json': pointer }, 'run `git lfs pull`'],
    ['a torn config', { 'config.json': '{"model' }, 'config.json is not readable as JSON'],
    ['a config that is no object', { 'config.json': '7' }, 'config.json is not readable as JSON'],
  ])('with %s is incomplete', async (_, change, words) => {
    await expect(validateModelDirectory(directoryOf({ ...complete, ...change }))).rejects.toThrow(
      words,
    );
  });

  test.each([
    ['model_file', { 'config.json': '{"model_file": "evil.py"}' }, "('model_file')"],
    ['auto_map', { 'config.json': '{"auto_map": {"AutoModel": "evil.Model"}}' }, "('auto_map')"],
    ['auto_map of the tokenizer', { 'tokenizer_config.json': '{"auto_map": {}}' }, "('auto_map')"],
    ['a shard elsewhere', { 'model.safetensors.index.json': index('../x.safetensors') }, 'outside'],
  ])('with %s is refused', async (_, change, words) => {
    const validation = validateModelDirectory(directoryOf({ ...complete, ...change }));
    await expect(validation).rejects.toThrow(words);
    await expect(validation).rejects.toMatchObject({
      code: 'ModelLoadError',
      details: { reason: 'model-refused' },
    });
  });

  test('whose index names a file that is not there is incomplete', async () => {
    const { 'model.safetensors': _, ...files } = complete;
    const shards = index('model-1.safetensors', 'model-2.safetensors');
    const change = { 'model.safetensors.index.json': shards, 'model-1.safetensors': 'a' };
    const validation = validateModelDirectory(directoryOf({ ...files, ...change }));
    await expect(validation).rejects.toThrow('model-2.safetensors is missing or empty');
  });

  test.each([
    ['an index of files that were never published', 'model.safetensors.index.json', index('b')],
    ['pickled weights', 'pytorch_model.bin', 'x'],
    ['the state of an optimizer', 'optimizer.pt', 'x'],
  ])('with %s beside whole weights is accepted', async (_, name, content) => {
    const folder = directoryOf({ ...complete, [name]: content });
    await expect(validateModelDirectory(folder)).resolves.toBe(folder);
  });

  test.each([
    ['pytorch_model.bin', 'only as a Python pickle (pytorch_model.bin)'],
    ['smol.Q4_1.gguf', 'GGUF (smol.Q4_1.gguf)'],
    ['consolidated.safetensors', 'another layout (consolidated.safetensors)'],
    ['adapter_config.json', 'an adapter (LoRA) and not a model'],
  ])('with %s in the place of weights is refused for that', async (name, words) => {
    const { 'model.safetensors': _, 'config.json': config, ...files } = complete;
    const others = { ...files, [name]: '{}' };
    await expect(validateModelDirectory(directoryOf(others))).rejects.toThrow(words);
    const configured = directoryOf({ ...others, 'config.json': config });
    await expect(validateModelDirectory(configured)).rejects.toThrow(words);
  });

  test('that does not exist is not found', async () => {
    await expect(validateModelDirectory('/nowhere')).rejects.toMatchObject({
      details: { reason: 'model-not-found' },
    });
  });
});
