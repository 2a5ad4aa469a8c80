import { describe, expect, test } from 'vitest';
import { setupContext } from '../../src/setup/context.js';
import { findPython } from '../../src/setup/python/find-python.js';
import { unsuitability } from '../../src/setup/python/unsuitability.js';
import { writeExecutable } from './support/executable.js';
import { realPython } from './support/real-python.js';
import { temporaryFolder } from './support/temporary.js';

const suitable = {
  executable: '/usr/bin/python3',
  version: [3, 12, 1],
  implementation: 'CPython',
  freeThreaded: false,
  machine: 'x86_64',
  canCreateEnvironments: true,
} as const;

function answering(change: object): string {
  return `echo '${JSON.stringify({ ...suitable, machine: machineName, ...change })}'`;
}

const machineName = process.arch === 'arm64' ? 'arm64' : 'x86_64';

describe('looking for Python', () => {
  test('passes over shims that do not answer and Pythons that are too old', async () => {
    const folder = temporaryFolder();
    writeExecutable(
      folder,
      'python3.13',
      'echo "pyenv: python3.13: command not found" >&2; exit 127',
    );
    writeExecutable(folder, 'python3.12', answering({ version: [3, 8, 18] }));
    writeExecutable(
      folder,
      'python3',
      answering({ executable: '/opt/python', version: [3, 11, 7] }),
    );
    const python = await findPython(setupContext({ variables: { PATH: folder } }), true);
    expect(python.executable).toBe('/opt/python');
  });

  test('names every Python it found and a way out when none fits', async () => {
    const folder = temporaryFolder();
    writeExecutable(folder, 'python3', answering({ version: [3, 9, 2] }));
    writeExecutable(folder, 'python', 'echo "Python 2.7.18"');
    const search = findPython(setupContext({ variables: { PATH: folder } }), true);
    await expect(search).rejects.toThrow(
      `No Python 3.10 or newer found (${folder}/python3 is 3.9.2; ${folder}/python does not answer). Install one with`,
    );
    await expect(search).rejects.toMatchObject({
      code: 'RuntimeError',
      details: { reason: 'python-missing' },
    });
  });

  test('says it plainly when there is no Python at all', async () => {
    const search = findPython(setupContext({ variables: { PATH: temporaryFolder() } }), true);
    await expect(search).rejects.toThrow('No Python 3.10 or newer found. Install one with');
  });

  test('takes MLX_PYTHON or nothing', async () => {
    const folder = temporaryFolder();
    const old = writeExecutable(folder, 'old', answering({ version: [3, 6, 15] }));
    const variables = { PATH: process.env['PATH'], MLX_PYTHON: old };
    await expect(findPython(setupContext({ variables }), false)).rejects.toThrow(
      `MLX_PYTHON cannot be used: ${old} is 3.6.15. Point it at a Python 3.10 or newer, or unset it`,
    );
    const missing = { ...variables, MLX_PYTHON: '/nowhere/python' };
    await expect(findPython(setupContext({ variables: missing }), false)).rejects.toThrow(
      '/nowhere/python is not an executable file',
    );
  });

  test('describes the interpreter that MLX_PYTHON names', async () => {
    const python = await realPython();
    const variables = { PATH: process.env['PATH'], MLX_PYTHON: python };
    const found = await findPython(setupContext({ variables }), false);
    expect(found).toMatchObject({ executable: python, implementation: 'CPython' });
  });
});

describe('what an interpreter must be', () => {
  test.each([
    [{}, undefined],
    [{ version: [2, 7, 18] }, 'is 2.7.18'],
    [{ version: [3, 9, 0] }, 'is 3.9.0'],
    [{ version: [3, 10, 0] }, undefined],
    [{ implementation: 'PyPy' }, 'is PyPy, not CPython'],
    [{ freeThreaded: true }, 'is a free-threaded build'],
    [{ machine: 'i686' }, 'is built for i686, but this Node runs on x64'],
    [{ canCreateEnvironments: false }, 'lacks the venv module'],
  ])('%j: %s', (change, fault) => {
    const python = { ...suitable, ...change } as typeof suitable;
    const found = unsuitability(python, true, 'x64');
    if (fault === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(fault);
  });

  test('venv is not needed where uv makes the environment', () => {
    const python = { ...suitable, canCreateEnvironments: false };
    expect(unsuitability(python, false, 'x64')).toBeUndefined();
  });
});
