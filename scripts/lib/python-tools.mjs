import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hashContents } from './fingerprint.mjs';
import { engineCli, pinnedNode, root, stampFolder } from './paths.mjs';
import { capture, run, toolVariables } from './run.mjs';
import { isCurrent, remember } from './stamp.mjs';
import { StepFailed } from './step-failed.mjs';

const requirements = join(root, 'python-runtime', 'requirements', 'dev.txt');
const folder = join(stampFolder, 'python-tools');
const python = join(folder, 'bin', 'python');

/**
 * Variables for the checks of python-runtime. They run in a small environment
 * that holds the test tools and sees the sidecar's own packages through a path
 * file, so that what is tested is what is served.
 */
export async function pythonTools() {
  const runtime = await runtimeEnvironment();
  const fingerprint = `${hashContents([requirements])} ${runtime.root}`;
  if (!existsSync(python) || !isCurrent('python-tools-made', fingerprint)) {
    await create(runtime);
    remember('python-tools-made', fingerprint);
  }
  const path = [join(folder, 'bin'), dirname(runtime.python), toolVariables.PATH];
  return { python, env: { ...toolVariables, ...runtime.env, PATH: path.join(':') } };
}

/** What `mlx-engine info` says of the sidecar's environment. */
async function runtimeEnvironment() {
  const { code, output } = await capture(pinnedNode, [engineCli, 'info', '--json']);
  if (code !== 0) throw new StepFailed('The Python environment is not set up: see the line above.');
  return JSON.parse(output);
}

async function create(runtime) {
  rmSync(folder, { recursive: true, force: true });
  const pinned = ['--no-deps', '--require-hashes', '-r', requirements];
  const hasUv = (await capture('uv', ['--version'])).code === 0;
  const commands = hasUv
    ? [
        ['uv', 'venv', '--quiet', '--no-project', '--python', runtime.python, folder],
        ['uv', 'pip', 'install', '--quiet', '--python', python, ...pinned],
      ]
    : [
        [runtime.python, '-m', 'venv', folder],
        [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...pinned],
      ];
  for (const [command, ...args] of commands) {
    if ((await run(command, args)) === 0) continue;
    throw new StepFailed('The Python test tools could not be installed: see the lines above.');
  }
  const packages = await sitePackages(runtime.python);
  writeFileSync(join(await sitePackages(python), 'mlx-runtime-packages.pth'), `${packages}\n`);
}

async function sitePackages(interpreter) {
  const script = 'import sysconfig; print(sysconfig.get_path("purelib"))';
  return (await capture(interpreter, ['-c', script])).output.trim();
}
