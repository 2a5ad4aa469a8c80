import { join } from 'node:path';
import { root } from './paths.mjs';
import { natsServer } from './nats-server.mjs';
import { pythonClients } from './python-clients.mjs';
import { pythonTools } from './python-tools.mjs';
import { run } from './run.mjs';
import { turbo } from './turbo.mjs';

/** Every package's result counts, also after one failed. */
const thorough = ['--continue', '--output-logs=new-only'];
/** Tests start processes and models, which take the processor from each other. */
const oneByOne = [...thorough, '--concurrency=1'];
/** For vitest: what failed is told once more at the very end. */
const reporters = ['default', join(root, 'scripts/lib/failed-tests-reporter.mjs')];
const forVitest = ['--', ...reporters.map((reporter) => `--reporter=${reporter}`)];
/** The clients are a step of their own: they need Python packages. */
const appsAndDocs = ['--filter=./apps/*', '--filter=!@mlx/clients', '--filter=./docs'];
/** A worker for each core; a file's tests share what they set up. */
const sideBySide = ['-n', 'auto', '--dist', 'loadfile'];
const pythonRoot = join(root, 'python-runtime');
/** The runtime, and the scripts of benchmarks and clients. */
const linted = [pythonRoot, join(root, 'apps')];

/**
 * Everything that has to hold, cheapest first. `run` resolves with an exit
 * code; a step is added by adding a line.
 */
export const testSteps = [
  { name: 'lint', title: 'Lint', run: () => run('oxlint', ['--deny-warnings']) },
  { name: 'format', title: 'Formatting', run: () => run('prettier', ['--check', '.']) },
  {
    name: 'unused',
    title: 'Unused code',
    run: () => inTurn([['knip'], ['knip', '--production', '--exclude', 'dependencies']]),
  },
  { name: 'types', title: 'Types', run: () => turbo('typecheck', ...thorough) },
  {
    name: 'generated',
    title: 'Generated code is current',
    run: () => turbo('generate:check', ...thorough),
  },
  {
    name: 'typescript',
    title: 'TypeScript tests',
    run: async () => {
      await natsServer();
      const packages = await turbo('test:coverage', ...oneByOne, ...forVitest);
      const others = await turbo('test', ...oneByOne, ...appsAndDocs, ...forVitest);
      return packages || others;
    },
  },
  {
    name: 'clients',
    title: 'Real clients against the real server',
    run: async () => {
      await pythonClients();
      return turbo('test', ...oneByOne, '--filter=@mlx/clients', ...forVitest);
    },
  },
  {
    name: 'performance',
    title: 'Cost of validation',
    run: () => turbo('test:performance', ...thorough, '--', '--busy'),
  },
  {
    name: 'python-lint',
    title: 'Python lint and formatting',
    run: () =>
      python(['-m', 'ruff', 'check', ...linted], ['-m', 'ruff', 'format', '--check', ...linted]),
  },
  { name: 'python-types', title: 'Python types', run: pyright },
  { name: 'python', title: 'Python tests', run: () => python(['-m', 'pytest', ...sideBySide]) },
  {
    name: 'site',
    title: 'Documentation site and its links',
    run: () => turbo('site', ...thorough),
  },
  {
    name: 'packages',
    title: 'Packages as published',
    run: () => run('node', ['scripts/check-packages.mjs']),
  },
];

async function python(...commands) {
  const tools = await pythonTools();
  const options = { cwd: pythonRoot, env: tools.env };
  return inTurn(
    commands.map((args) => [tools.python, ...args]),
    options,
  );
}

async function pyright() {
  const tools = await pythonTools();
  return run('pyright', ['--pythonpath', tools.python], { cwd: pythonRoot });
}

/** Run each command, also after a failure; the first exit code that is not 0. */
async function inTurn(commands, options) {
  const codes = [];
  for (const [command, ...args] of commands) codes.push(await run(command, args, options));
  return codes.find((code) => code !== 0) ?? 0;
}
