import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceFolders } from './fingerprint.mjs';
import { failedTestsFile, root } from './paths.mjs';
import { natsServer } from './nats-server.mjs';
import { pythonClients } from './python-clients.mjs';
import { pythonTools } from './python-tools.mjs';
import { run } from './run.mjs';
import { turbo } from './turbo.mjs';

/** Every package's result counts, also after one failed. */
const thorough = ['--continue', '--output-logs=new-only'];
/**
 * Two packages at a time, each of which runs one test file at a time: tests start
 * processes and models, which take the processor from each other.
 */
const inPairs = [...thorough, '--concurrency=2'];
/** For vitest: what failed is told once more at the very end. */
const reporters = ['default', join(root, 'scripts/lib/failed-tests-reporter.mjs')];
const forVitest = ['--', ...reporters.map((reporter) => `--reporter=${reporter}`)];
/** A worker for each core; a file's tests share what they set up. */
const sideBySide = ['-n', 'auto', '--dist', 'loadfile'];
const CLIENTS = '@mlx/clients#test';
const pythonRoot = join(root, 'python-runtime');
/** The runtime, and the scripts of benchmarks and clients. */
const linted = [pythonRoot, join(root, 'apps')];

/**
 * Everything that has to hold, checks before tests. `run` resolves with an exit
 * code; a step is added by adding a line. Those that use one core are marked
 * `sharesCores`.
 */
export const testSteps = [
  { name: 'lint', title: 'Lint', run: () => run('oxlint', ['--deny-warnings']) },
  {
    name: 'format',
    title: 'Formatting',
    sharesCores: true,
    run: () => run('prettier', ['--check', '.']),
  },
  {
    name: 'unused',
    title: 'Unused code',
    sharesCores: true,
    run: () => inTurn([['knip'], ['knip', '--production', '--exclude', 'dependencies']]),
  },
  {
    name: 'packages',
    title: 'Packages as published',
    sharesCores: true,
    run: () => run('node', ['scripts/check-packages.mjs']),
  },
  {
    name: 'types',
    title: 'Types',
    sharesCores: true,
    run: () => turbo('typecheck', ...thorough, '--concurrency=1'),
  },
  {
    name: 'generated',
    title: 'Generated code is current',
    sharesCores: true,
    run: () => turbo('generate:check', ...thorough, '--concurrency=1'),
  },
  {
    name: 'python-lint',
    title: 'Python lint and formatting',
    sharesCores: true,
    run: () =>
      python(['-m', 'ruff', 'check', ...linted], ['-m', 'ruff', 'format', '--check', ...linted]),
  },
  { name: 'python-types', title: 'Python types', sharesCores: true, run: pyright },
  {
    name: 'site',
    title: 'Documentation site and its links',
    sharesCores: true,
    run: () => turbo('site', ...thorough),
  },
  {
    name: 'performance',
    title: 'Cost of validation',
    run: () => turbo('test:performance', ...thorough, '--', '--busy'),
  },
  {
    name: 'typescript',
    title: 'TypeScript tests',
    run: async () => {
      await natsServer();
      return turbo('test:coverage', ...testsWithoutCoverage(), ...inPairs, ...forVitest);
    },
  },
  {
    name: 'clients',
    title: 'Real clients against the real server',
    run: async () => {
      await pythonClients();
      return turbo(CLIENTS, ...thorough, ...forVitest);
    },
  },
  { name: 'python', title: 'Python tests', run: () => python(['-m', 'pytest', ...sideBySide]) },
];

/** What turbo calls the tests of apps and documentation; the clients need Python packages and are a step of their own. */
function testsWithoutCoverage() {
  return [...workspaceFolders(), join(root, 'docs')]
    .map((folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')))
    .filter(({ scripts = {} }) => 'test' in scripts && !('test:coverage' in scripts))
    .map(({ name }) => `${name}#test`)
    .filter((task) => task !== CLIENTS);
}

async function python(...commands) {
  const tools = await pythonTools();
  const env = { ...tools.env, MLX_FAILED_TESTS: failedTestsFile };
  const options = { cwd: pythonRoot, env };
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
