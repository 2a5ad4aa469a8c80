import { defaultMemoryBudget, modelMemory } from '../../src/setup/memory-budget.js';
import { describe, expect, test } from 'vitest';
import { detectBackend, driverSeries, nvidiaDriverVersion } from '../../src/setup/backend.js';
import { writeExecutable } from './support/executable.js';
import { temporaryFolder } from './support/temporary.js';

const noDriver = () => undefined;

describe('the build of MLX for a machine', () => {
  test.each([
    ['darwin', 'arm64', undefined, 'apple'],
    ['linux', 'x64', undefined, 'cpu'],
    ['linux', 'arm64', undefined, 'cpu'],
    ['linux', 'x64', 580, 'cuda13'],
    ['linux', 'arm64', 590, 'cuda13'],
    ['linux', 'x64', 570, 'cpu'],
  ] as const)('on %s %s with driver %s it is %s', (platform, arch, driver, backend) => {
    expect(detectBackend({}, { platform, arch }, () => driver)).toBe(backend);
  });

  test.each([
    ['win32', 'x64', 'use WSL2'],
    ['darwin', 'x64', 'use an arm64 build of Node'],
    ['freebsd', 'x64', 'not on freebsd x64'],
  ] as const)('on %s %s there is none, and the error says so', (platform, arch, words) => {
    expect(() => detectBackend({}, { platform, arch }, noDriver)).toThrow(words);
  });

  test('MLX_BACKEND overrides what is detected', () => {
    const machine = { platform: 'linux', arch: 'x64' } as const;
    expect(detectBackend({ MLX_BACKEND: 'cpu' }, machine, () => 600)).toBe('cpu');
    expect(() => detectBackend({ MLX_BACKEND: 'tpu' }, machine, noDriver)).toThrow(
      "MLX_BACKEND is 'tpu'; it can be apple, cpu, cuda13",
    );
  });
});

describe('the NVIDIA driver', () => {
  test('its series is read from the kernel module and from nvidia-smi', () => {
    const module =
      'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.159.04  Release Build\nGCC version:  gcc version 15.3.0 (GCC)';
    expect(driverSeries(module)).toBe(580);
    expect(driverSeries('580.159.04\n')).toBe(580);
    expect(driverSeries('NVIDIA-SMI has failed')).toBeUndefined();
  });

  test('an nvidia-smi that finds no driver counts as none', ({ skip }) => {
    if (nvidiaDriverVersion({}) !== undefined) skip('this machine has a driver');
    const folder = temporaryFolder();
    writeExecutable(
      folder,
      'nvidia-smi',
      'echo "has failed because it could not communicate"; exit 9',
    );
    expect(nvidiaDriverVersion({ PATH: folder })).toBeUndefined();
    writeExecutable(folder, 'nvidia-smi', 'echo 585.10');
    expect(nvidiaDriverVersion({ PATH: folder })).toBe(585);
  });
});

test('the memory budget of a CUDA device is a share of its own memory', () => {
  const folder = temporaryFolder();
  writeExecutable(folder, 'nvidia-smi', 'test "$4" = 3 && echo 81920');
  const cuda = { MLX_BACKEND: 'cuda13', PATH: folder, CUDA_VISIBLE_DEVICES: '3,0' };
  expect(modelMemory(cuda)).toBe(80 * 1024 ** 3);
  expect(defaultMemoryBudget(cuda)).toBe(64 * 1024 ** 3);
  const system = modelMemory({ MLX_BACKEND: 'cpu' });
  expect(modelMemory({ ...cuda, CUDA_VISIBLE_DEVICES: '1' })).toBe(system);
});
