import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkRevision, parseModelReference } from '../../src/setup/model/model-reference.js';
import { temporaryFolder } from './support/temporary.js';

describe('the name of a model', () => {
  test.each([
    'mlx-community/Qwen3-4B-4bit',
    'a/b',
    'HuggingFaceTB/SmolLM2-135M-Instruct',
    'o/v1.5_x',
  ])('%s is an id of the hub', (id) => {
    expect(parseModelReference(id)).toEqual({ kind: 'hub', id });
  });

  test.each([
    ['/models/x', '/models/x'],
    ['/models/../x', '/x'],
    ['./x', join(process.cwd(), 'x')],
    ['../x', join(process.cwd(), '..', 'x')],
    ['~/x', join(homedir(), 'x')],
  ])('%s is the directory %s', (path, directory) => {
    expect(parseModelReference(path)).toEqual({ kind: 'directory', path: directory });
  });

  test('an existing model directory wins over the hub', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'owner', 'name'), { recursive: true });
    writeFileSync(join(folder, 'owner', 'name', 'config.json'), '{}');
    const before = process.cwd();
    process.chdir(folder);
    try {
      expect(parseModelReference('owner/name')).toEqual({
        kind: 'directory',
        path: join(folder, 'owner', 'name'),
      });
    } finally {
      process.chdir(before);
    }
  });

  test.each([
    '',
    'name',
    'a/b/c',
    'a/..',
    'a/../../etc',
    'owner/na..me',
    'owner/.hidden',
    '-flag/name',
    'owner/%2e%2e%2fetc',
    'owner/na\0me',
    'owner\\name',
    'owner/nаme',
    `owner/${'x'.repeat(200)}`,
  ])('%j is refused', (text) => {
    expect(() => parseModelReference(text)).toThrow("Validation error on field 'model'");
  });

  test('the refusal shows no control characters and no flood', () => {
    const hostile = `\u001B[31m${'x'.repeat(5000)}`;
    expect(() => parseModelReference(hostile)).toThrow(/^.{1,400}$/);
    expect(() => parseModelReference(hostile)).not.toThrow('\u001B');
  });
});

describe('a revision', () => {
  test.each(['main', 'v1.0', '12fd25f77366fa6b3b4b768ec3050bf629380bac'])('%s', (revision) => {
    expect(checkRevision(revision)).toBe(revision);
  });

  test.each(['', '../main', 'a/b', '--force', 'a..b', 'a b'])('%j is refused', (revision) => {
    expect(() => checkRevision(revision)).toThrow("Validation error on field 'revision'");
  });
});
