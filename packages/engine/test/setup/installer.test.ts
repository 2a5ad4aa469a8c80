import { describe, expect, test } from 'vitest';
import { chooseInstaller, pipInstaller, uvInstaller } from '../../src/setup/install/installer.js';
import { writeExecutable } from './support/executable.js';
import { temporaryFolder } from './support/temporary.js';

const strict = ['--no-deps', '--require-hashes', '--only-binary', ':all:'];

describe('the choice of an installer', () => {
  test('is uv where it is on PATH, else pip', () => {
    const folder = temporaryFolder();
    expect(chooseInstaller({ PATH: folder }).name).toBe('pip');
    writeExecutable(folder, 'uv', 'true');
    expect(chooseInstaller({ PATH: folder }).name).toBe('uv');
  });

  test('follows MLX_INSTALLER', () => {
    const folder = temporaryFolder();
    expect(() => chooseInstaller({ PATH: folder, MLX_INSTALLER: 'uv' })).toThrow('no uv on PATH');
    expect(() => chooseInstaller({ PATH: folder, MLX_INSTALLER: 'conda' })).toThrow(
      "MLX_INSTALLER is 'conda'; it can be uv or pip",
    );
    writeExecutable(folder, 'uv', 'true');
    expect(chooseInstaller({ PATH: folder, MLX_INSTALLER: 'pip' }).name).toBe('pip');
  });
});

describe.each([
  ['pip', pipInstaller({})],
  ['uv', uvInstaller('/bin/uv', {})],
])('%s', (_, installer) => {
  test('installs pinned wheels only, wherever it installs', () => {
    const commands = [
      installer.install('/env', '/file.txt'),
      installer.installOnOlderPython('/env', '/file.txt'),
      installer.installInto('/folder', '/env', '/file.txt'),
    ];
    for (const { args } of commands) {
      expect(args).toEqual(expect.arrayContaining([...strict, '-r', '/file.txt']));
    }
  });
});

test('variables that lead to another environment are taken away', () => {
  const { variables } = pipInstaller({
    PYTHONPATH: '/other',
    VIRTUAL_ENV: '/other',
    HOME: '/me',
  }).install('/env', '/file.txt');
  expect(variables).toEqual({ HOME: '/me', PYTHONNOUSERSITE: '1', PYTHONUTF8: '1' });
});

function uvIndex(source: NodeJS.ProcessEnv): string | undefined {
  return uvInstaller('/bin/uv', source).install('/env', '/file').variables['UV_DEFAULT_INDEX'];
}

test("uv gets pip's index where it has none of its own", () => {
  const pip = { PIP_INDEX_URL: 'http://mirror/simple' };
  expect(uvIndex(pip)).toBe('http://mirror/simple');
  expect(uvIndex({ ...pip, UV_INDEX_URL: 'http://other' })).toBeUndefined();
  expect(uvIndex({ ...pip, UV_DEFAULT_INDEX: 'http://own' })).toBe('http://own');
});
