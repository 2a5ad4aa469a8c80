import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kernelVariables } from '../../src/setup/sidecar-variables.js';

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
