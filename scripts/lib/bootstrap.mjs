import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { hashContents, hashTree, manifests, workspaceFolders } from './fingerprint.mjs';
import { chatPage, engineCli, pinnedNode, root, serverCli } from './paths.mjs';
import { pnpmCommand } from './pnpm.mjs';
import { run } from './run.mjs';
import { choosesModel } from './start-arguments.mjs';
import { isCurrent, remember } from './stamp.mjs';
import { StepFailed } from './step-failed.mjs';
import { turbo } from './turbo.mjs';

/**
 * Dependencies, build, Python environment and model; each is skipped where nothing changed.
 * `vision`: also what models need that see images.
 */
export async function bootstrap({ vision = false } = {}) {
  await install();
  await build();
  await setup(vision ? ['--vision'] : []);
}

async function install() {
  const inputs = [...manifests(), join(root, 'pnpm-lock.yaml'), join(root, 'pnpm-workspace.yaml')];
  const fingerprint = hashContents(inputs);
  if (existsSync(pinnedNode) && isCurrent('install', fingerprint)) return;
  heading('Installing the JavaScript dependencies');
  const [command, ...args] = pnpmCommand('install', '--frozen-lockfile');
  const code = await run(command, args, {
    env: { ...process.env, CI: process.env.CI ?? 'true' },
  });
  if (code !== 0) {
    throw new StepFailed(
      'The JavaScript dependencies could not be installed. Check the network and the npm registry settings (npm config get registry), then run this again.',
    );
  }
  remember('install', fingerprint);
}

async function build() {
  const shared = ['pnpm-lock.yaml', 'tsconfig.base.json', 'turbo.json'].map((name) =>
    join(root, name),
  );
  const fingerprint = `${hashContents(shared)} ${hashTree(workspaceFolders())}`;
  const isBuilt = [engineCli, serverCli, chatPage].every((path) => existsSync(path));
  if (isBuilt && isCurrent('build', fingerprint)) return;
  heading('Building');
  const filters = ['--filter=./packages/*', '--filter=./apps/*'];
  const code = await turbo('build', ...filters, '--output-logs=errors-only');
  if (code !== 0) throw new StepFailed('The build failed: see the first error above.');
  remember('build', fingerprint);
}

async function setup(options) {
  // Models of one's own are read, and fetched, by the server, in all the forms that it takes.
  const model = choosesModel(process.argv.slice(2), process.env) ? [] : ['--model'];
  const code = await run(pinnedNode, [engineCli, 'setup', ...options, ...model]);
  if (code !== 0) throw new StepFailed('The set-up is not complete: see the line above.');
}

function heading(text) {
  console.error(`\n> ${text}`);
}
