import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  resolvePythonEnvironment,
  setupPythonEnvironment,
  type SetupOptions,
} from '../../src/setup/index.js';
import { findExecutable } from '../../src/setup/process/find-executable.js';
import { PackageIndex } from './support/package-index.js';
import { realPython } from './support/real-python.js';
import { temporaryFolder } from './support/temporary.js';
import { makeTinyRuntime, type TinyRuntime } from './support/tiny-runtime.js';
import { makeWheel } from './support/wheel.js';

// Making a virtual environment with pip takes ten seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const installers = findExecutable('uv', process.env) ? ['pip', 'uv'] : ['pip'];
const builtSetup = new URL('../../dist/setup/index.js', import.meta.url).href;
let python: string;

beforeAll(async () => {
  python = await realPython();
});

interface Scene {
  readonly index: PackageIndex;
  readonly runtime: TinyRuntime;
  readonly options: SetupOptions & { readonly variables: NodeJS.ProcessEnv; runtime: string };
  readonly messages: string[];
}

/** An empty home, a package index on loopback and a runtime that needs one wheel of it. */
async function scene(installer = installers.at(-1)): Promise<Scene> {
  const runtime = makeTinyRuntime(python, temporaryFolder());
  const index = await new PackageIndex(runtime.wheel).listen();
  const messages: string[] = [];
  const variables = {
    ...process.env,
    ...index.variables,
    MLX_SERVE_HOME: temporaryFolder(),
    MLX_PYTHON: python,
    MLX_BACKEND: 'cpu',
    MLX_INSTALLER: installer,
  };
  const onProgress = ({ message }: { message: string }) => void messages.push(message);
  return { index, runtime, messages, options: { variables, onProgress, runtime: runtime.folder } };
}

describe.each(installers)('with %s', (installer) => {
  test('the environment is built once, stamped, and found without starting anything', async () => {
    const { options, index, messages } = await scene(installer);
    expect(() => resolvePythonEnvironment(options)).toThrow('Run `npx mlx-engine setup` once');
    const built = await setupPythonEnvironment(options);
    expect(resolvePythonEnvironment(options)).toEqual(built);
    expect(built).toMatchObject({ backend: 'cpu', env: { MLX_DISABLE_COMPILE: '1' } });
    expect(messages).toContain(`Installing MLX for cpu with ${installer}`);
    if (process.platform === 'linux') {
      expect(built.fastBlas).toBe(false);
      expect(messages.join()).toContain('No fast BLAS here (no BLAS for this test)');
    }
    await setupPythonEnvironment(options);
    expect(index.downloads).toBe(1);
    expectOffersOnlyWholeOnes(options, built.python);
  });

  test('an index that cannot be reached is called that', async () => {
    const { options } = await scene(installer);
    options.variables['PIP_INDEX_URL'] = 'http://127.0.0.1:9/simple';
    await expect(setupPythonEnvironment(options)).rejects.toMatchObject({
      details: { reason: 'index-unreachable' },
    });
  });

  test('a wheel that differs from its pinned hash is refused', async () => {
    const { options, runtime } = await scene(installer);
    makeWheel(python, runtime.folder, 'mlx_tiny', { 'mlx_tiny/__init__.py': 'evil = True' });
    await expect(setupPythonEnvironment(options)).rejects.toMatchObject({
      details: { reason: 'download-changed' },
    });
    expect(() => resolvePythonEnvironment(options)).toThrow('is not set up');
  });
});

test('a set-up that is killed in the middle heals on the next run', async () => {
  const { options, index, messages } = await scene();
  const downloading = index.hold();
  const script = `import { setupPythonEnvironment } from ${JSON.stringify(builtSetup)}; await setupPythonEnvironment({ runtime: process.argv[1] });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, options.runtime], {
    env: options.variables,
    stdio: 'inherit',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await downloading;
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(() => resolvePythonEnvironment(options)).toThrow('is not set up');
  // The killed one's installer still runs: the next set-up waits for its end.
  const onProgress = ({ message }: { message: string }) => {
    messages.push(message);
    if (message.startsWith('Waiting')) index.release();
  };
  const healed = await setupPythonEnvironment({ ...options, onProgress });
  expect(messages).toContain('Waiting for another set-up to finish');
  expect(existsSync(healed.python)).toBe(true);
});

test('two set-ups at once build one environment; it is healed, and built anew on demand', async () => {
  const { options, index } = await scene();
  const both = [setupPythonEnvironment(options), setupPythonEnvironment(options)];
  const [first, second] = await Promise.all(both);
  expect(second).toEqual(first);
  expect(index.downloads).toBe(1);
  removePackage(second?.root ?? '');
  await setupPythonEnvironment(options);
  expect(index.downloads).toBe(2);
  await setupPythonEnvironment({ ...options, force: true });
  expect(index.downloads).toBe(3);
});

test('cancelling ends the installer and leaves nothing that looks complete', async () => {
  const { options, index } = await scene();
  const controller = new AbortController();
  const setup = setupPythonEnvironment({ ...options, signal: controller.signal });
  const ended = expect(setup).rejects.toMatchObject({ code: 'Cancelled' });
  await index.hold();
  controller.abort();
  await ended;
  expect(() => resolvePythonEnvironment(options)).toThrow('is not set up');
  await expect(
    setupPythonEnvironment({ ...options, signal: controller.signal }),
  ).rejects.toMatchObject({ code: 'Cancelled' });
});

test('a home that cannot be written is explained', async () => {
  const { options } = await scene();
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  const variables = { ...options.variables, MLX_SERVE_HOME: join(file, 'home') };
  await expect(setupPythonEnvironment({ ...options, variables })).rejects.toMatchObject({
    details: { reason: 'not-writable' },
  });
});

test('missing requirement files are named', async () => {
  const { options, runtime } = await scene();
  const file = join(runtime.folder, 'requirements', 'cpu.txt');
  rmSync(file);
  await expect(setupPythonEnvironment(options)).rejects.toThrow(`${file} is missing`);
});

/** Take the environment's one package away, as a clean-up of the disk might. */
function removePackage(root: string): void {
  const lib = readdirSync(join(root, 'lib')).find((name) => name.startsWith('python')) ?? '';
  rmSync(join(root, 'lib', lib, 'site-packages', 'mlx_tiny'), { recursive: true });
}

/** An environment of another Python, or whose own went away, is none. */
function expectOffersOnlyWholeOnes(options: Scene['options'], interpreter: string): void {
  const variables = { ...options.variables, MLX_PYTHON: '/usr/bin/other-python' };
  expect(() => resolvePythonEnvironment({ ...options, variables })).toThrow('is not set up');
  rmSync(interpreter);
  expect(() => resolvePythonEnvironment(options)).toThrow('is not set up');
}
