import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bytecodeVariables, kernelVariables } from '../../src/setup/sidecar-variables.js';
import { version } from '../../src/version.js';

test('compiled kernels are kept in the environment of the packages that compiled them', () => {
  const kept = kernelVariables({ variables: {} }, 'cuda13', join('home', 'python', 'cuda13'));
  expect(kept).toEqual({ MLX_PTX_CACHE_DIR: join('home', 'python', 'cuda13', 'kernels') });
});

test('a folder of the user is kept, and other devices have no such kernels', () => {
  const variables = { MLX_PTX_CACHE_DIR: '/mine' };
  expect(kernelVariables({ variables }, 'cuda13', 'root')).toEqual(variables);
  expect(kernelVariables({ variables: {} }, 'cpu', 'root')).toEqual({});
  expect(kernelVariables({ variables: {} }, 'apple', 'root')).toEqual({});
});

test('compiled modules are kept beside the packages, whatever is wanted of others', () => {
  const root = mkdtempSync(join(tmpdir(), 'mlx-root-'));
  const variables = { PYTHONDONTWRITEBYTECODE: '1' };
  expect(bytecodeVariables({ variables }, root)).toEqual({
    PYTHONPYCACHEPREFIX: join(root, 'bytecode', version),
    PYTHONDONTWRITEBYTECODE: '',
  });
});

test('a folder for them that the user named is kept, and none is named where nothing can be written', () => {
  const variables = { PYTHONPYCACHEPREFIX: '/mine' };
  expect(bytecodeVariables({ variables }, tmpdir())).toEqual({});
  expect(bytecodeVariables({ variables: {} }, join(tmpdir(), 'no', 'such', 'root'))).toEqual({});
});
