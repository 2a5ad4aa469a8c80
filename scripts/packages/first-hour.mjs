import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { transform } from 'esbuild';
import { root } from '../lib/paths.mjs';
import { createProject } from './empty-project.mjs';
import { run } from './run.mjs';

/** The oldest that the packages take, as npm has it. */
const OLDEST = `node-${process.platform}-${process.arch}@22.15.0`;
const QUESTION = 'What is the capital of France?';

/**
 * What somebody does in the first hour, in the project that holds the packages
 * as they are published, with the oldest Node that they take and with the
 * newest: the README's example of the library, the page, an answer over HTTP,
 * and the file of a service.
 *
 * @param {string} directory Where the packages are installed.
 * @param {string} folder For the oldest Node.
 */
export async function checkFirstHour(directory, folder) {
  await createProject(folder, [OLDEST]);
  const oldest = join(folder, 'node_modules', OLDEST.slice(0, OLDEST.indexOf('@')), 'bin', 'node');
  await writeFile(join(directory, 'readme.mjs'), await readmeExample());
  for (const node of [oldest, process.execPath]) {
    const options = { cwd: directory, env: withNode(node) };
    assert.match(await run(node, ['readme.mjs'], options), /\w/);
    await serves(node, options);
    const service = await run('mlx-serve', ['service', 'install', '--dry-run'], options);
    assert.match(service, /mlx-serve[^]*"?serve"?/);
  }
}

/** As any build of TypeScript makes it: what the oldest Node cannot read is written out. */
async function readmeExample() {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const [, code = ''] = /^```ts\n(import \{ createEngine[^]*?)^```$/m.exec(readme) ?? [];
  assert.match(code, /await using/, 'the README has no example of the engine');
  return (await transform(code, { loader: 'ts', target: 'node22' })).code;
}

/**
 * The command with its page: from its start to the signal that ends it.
 *
 * @param {string} node
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 */
async function serves(node, options) {
  const cli = join(options.cwd, 'node_modules/@mlx/server/dist/cli.js');
  const args = [cli, 'serve', '--port', '0', '--log-format', 'json'];
  const server = spawn(node, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(server, 'exit');
  try {
    const url = await readyUrl(server);
    const page = await fetch(url);
    assert.match(await page.text(), /<div id="root">/);
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'HuggingFaceTB/SmolLM2-135M-Instruct',
        messages: [{ role: 'user', content: QUESTION }],
        temperature: 0,
        max_tokens: 16,
      }),
    });
    assert.match(JSON.stringify(await response.json()), /Paris/);
  } finally {
    server.kill('SIGTERM');
  }
  assert.deepEqual(await exited, [0, null], 'the server does not end when it is told to');
}

/** @param {import('node:child_process').ChildProcess} server */
async function readyUrl(server) {
  const said = [];
  for await (const line of createInterface(server.stderr)) {
    said.push(line);
    // Node itself may warn of something in between.
    const { msg, url } = line.startsWith('{') ? JSON.parse(line) : {};
    if (msg === 'ready') {
      server.stderr.resume();
      return url;
    }
  }
  throw new Error(`The server was never ready:\n${said.join('\n')}`);
}

/** @param {string} node */
function withNode(node) {
  const { PORT: _, MLX_MODEL: __, MLX_API_KEY: ___, ...rest } = process.env;
  const bin = dirname(node);
  return { ...rest, PATH: ['node_modules/.bin', bin, rest.PATH].join(delimiter) };
}
