import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCli } from '../src/cli/run-cli.js';
import { toDescriptor } from '../src/serve/model-source.js';

let printed: string[];
let complained: string[];

beforeEach(() => {
  printed = [];
  complained = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    complained.push(String(text));
    return true;
  });
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed.push(String(text));
    return true;
  });
  process.exitCode = undefined;
});

afterEach(() => {
  process.exitCode = undefined;
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const run = (...args: string[]) => runCli(['node', 'mlx-serve', ...args]);

describe('mlx-serve', () => {
  it('explains itself', async () => {
    expect(await run('serve', '--help')).toBe(0);
    for (const word of [
      '--page',
      '--insecure',
      'MLX_API_KEY',
      'MLX_MODEL',
      '--draft-model',
      'MLX_DRAFT_MODEL',
      '8484',
    ]) {
      expect(printed.join('')).toContain(word);
    }
  });

  it.each([
    [['help', 'config', 'check'], /^Usage: mlx-serve config check /],
    [['config', 'help', 'check'], /^Usage: mlx-serve config check /],
    [['help', 'models'], /^Usage: mlx-serve ls/],
    [['help'], /^Usage: mlx-serve \[options\] \[command\]\n/],
  ])('%j explains that command', async (args, usage) => {
    expect(await run(...args)).toBe(0);
    expect(printed.join('')).toMatch(usage);
  });

  it('serve refuses an unsafe address before anything else, in one line', async () => {
    vi.stubEnv('MLX_API_KEY', '');
    expect(await run('serve', '--host', '0.0.0.0', '--port', '0', '--log-level', 'silent')).toBe(1);
    expect(complained.join('')).toMatch(/^mlx-serve: Listening on 0\.0\.0\.0 .+\n$/);
  });

  it('serve refuses a draft model that has nothing to draft for', async () => {
    expect(await run('serve', '--model', 'acme/a', '--draft-model', 'acme/b', 'acme/c')).toBe(1);
    expect(complained.join('')).toMatch(/^mlx-serve: There is no model for 'acme\/c' .+\n$/);
  });

  it('ls lists what is here', async () => {
    vi.stubEnv('MLX_SERVE_HOME', mkdtempSync(join(tmpdir(), 'home-')));
    expect(await run('ls')).toBe(0);
    expect(complained.join()).toContain('None yet');
    expect(await run('models', '--json')).toBe(0);
    expect(JSON.parse(printed.at(-1) ?? '')).toEqual([]);
  });

  it('ls looks where the configuration says', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'models-'));
    mkdirSync(join(folder, 'a--model'));
    vi.stubEnv('MLX_SERVING__CACHE__CACHE_DIR', folder);
    expect(await run('ls', '--json')).toBe(0);
    expect(JSON.parse(printed.at(-1) ?? '')).toMatchObject([{ id: 'a/model' }]);
  });

  it.each([
    [['serv'], /unknown command 'serv'.*Did you mean serve\?/s],
    [['puli', 'a/model'], /Did you mean pull\?/],
    [['--modle', 'a/b'], /unknown option '--modle'.*Did you mean --model\?/s],
    [['show'], /missing required argument 'model'/],
    [['serve', '--port', 'x'], /from 0 to 65535/],
    [['completion', 'tcsh'], /Allowed choices are bash, zsh, fish/],
    [['run', 'acme/a', 'Hi', '--temperature', 'hot'], /temperature is a number/],
    [['run', 'acme/a', 'Hi', '--max-tokens', 'x'], /max_tokens is a number/],
    [
      ['run', 'acme/a', 'Hi', '--temperature', '3'],
      /temperature: Number must be less than or equal to 2/,
    ],
    [['nonsense'], /unknown command 'nonsense'\n\(mlx-serve --help tells what there is\)/],
    [['help', 'nope'], /unknown command 'nope'/],
    [['nope', '--help'], /unknown command 'nope'/],
    [['help', 'config', 'nope'], /unknown command 'nope'/],
    [['config', 'help', 'nope'], /unknown command 'nope'/],
    [['config', 'nope', '-h'], /\(mlx-serve config --help tells what there is\)/],
    [['config', 'check', '--nonsense'], /\(mlx-serve config check --help tells what there is\)/],
  ])('wrong use %j is told with what was meant, and ends with 2', async (args, complaint) => {
    expect(await run(...args)).toBe(2);
    expect(complained.join('')).toMatch(complaint);
  });

  it.each([
    [['serve', '-m', './nowhere'], /^mlx-serve: There is no model directory at \S+nowhere\n$/],
    [['serve', '-m', 'nope'], /^mlx-serve: 'nope' is neither a Hugging Face id/],
    [['serve', '-m', 'x.gguf'], /mlx-serve convert x\.gguf/],
    [['serve', '-m', 'acme/a', '--draft-model', 'nope'], /^mlx-serve: 'nope' is neither/],
    [['worker', '--fleet', 'nats://127.0.0.1:1', '-m', 'nope'], /^mlx-serve: 'nope' is neither/],
    [['run', 'acme/a', 'Hi', '--image', '/nowhere.png'], /^mlx-serve: \S+: there is no such file/],
  ])('%j is refused in one line, before anything is fetched', async (args, complaint) => {
    vi.stubEnv('MLX_SERVE_HOME', mkdtempSync(join(tmpdir(), 'home-')));
    expect(await run(...args)).toBe(1);
    expect(complained.join('')).toMatch(complaint);
    expect(complained.join('').split('\n')).toHaveLength(2);
  });

  it('names the model that is here where only its owner was left out', async () => {
    const home = mkdtempSync(join(tmpdir(), 'home-'));
    mkdirSync(join(home, 'models', 'acme--Owl-4bit'), { recursive: true });
    vi.stubEnv('MLX_SERVE_HOME', home);
    expect(await run('serve', '-m', 'owl-4bit')).toBe(1);
    expect(complained.join('')).toMatch(/Did you mean acme\/Owl-4bit\?/);
  });

  it('a variable that is set to nothing says nothing', async () => {
    for (const name of ['PORT', 'MLX_MODEL', 'MLX_SERVE_URL', 'MLX_MCP']) vi.stubEnv(name, '');
    expect(await run('service', 'install', '--dry-run')).toBe(0);
    expect(await run('top', '--once', '--port', '1')).toBe(1);
    expect(complained.join('')).toMatch(/^mlx-serve: No server answers at http:\/\/127.0.0.1:1\./);
  });

  it('top asks the server that MLX_SERVE_URL names, unless a port is typed', async () => {
    vi.stubEnv('MLX_SERVE_URL', 'http://127.0.0.1:2');
    expect(await run('top', '--once')).toBe(1);
    expect(complained.join('')).toContain('No server answers at http://127.0.0.1:2.');
  });

  it.each(['bash', 'zsh', 'fish'])(
    'completion for %s knows commands and options',
    async (shell) => {
      expect(await run('completion', shell)).toBe(0);
      const script = printed.join('');
      for (const word of ['serve', 'pull', 'keep-alive', 'ls --quiet'])
        expect(script).toContain(word);
      if (shell !== 'bash') return;
      const words = spawnSync(
        'bash',
        [
          '-c',
          `${script}\nCOMP_WORDS=(mlx-serve pu) COMP_CWORD=1; _mlx_serve; echo "\${COMPREPLY[*]}"`,
        ],
        { encoding: 'utf8' },
      );
      expect(words.stdout).toBe('pull\n');
    },
  );

  it('two models of one name are refused with a way out', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'models-'));
    for (const path of ['a/model', 'b/model']) mkdirSync(join(folder, path), { recursive: true });
    const args = ['serve', '-m', join(folder, 'a/model'), join(folder, 'b/model')];
    expect(await run(...args)).toBe(1);
    expect(complained.join('')).toContain(`--model model-2=${join(folder, 'b/model')}`);
  });

  it('config print shows every section', async () => {
    expect(await run('config', 'print')).toBe(0);
    expect(printed.join()).toContain('batch_queue:');
    expect(await run('config', 'print', '--json')).toBe(0);
    expect(JSON.parse(printed.at(-1) ?? '')).toHaveProperty('batch_queue');
  });

  it('config check needs the file that it is given', async () => {
    expect(await run('config', 'check')).toBe(0);
    expect(await run('config', 'check', '/nowhere/runtime.yaml')).toBe(1);
    expect(await run('config', 'check', '/nowhere/runtime.yaml', '--json')).toBe(1);
    expect(JSON.parse(printed.at(-1) ?? '')).toEqual({
      file: '/nowhere/runtime.yaml',
      valid: false,
      message: 'There is no configuration file /nowhere/runtime.yaml.',
    });
    expect(complained.join('')).toContain('no configuration file /nowhere/runtime.yaml');
  });

  it.each(['check', 'print'])('config %s takes the file as serve does, too', async (command) => {
    expect(await run('config', command, '-c', '/nowhere/runtime.yaml')).toBe(1);
    expect(complained.join('')).toContain('no configuration file /nowhere/runtime.yaml');
  });

  it('config check refuses an alias of no model', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'config-')), 'runtime.yaml');
    writeFileSync(file, 'server:\n  aliases: [gpt-4o]\n');
    expect(await run('config', 'check', file)).toBe(1);
    expect(complained.join('')).toContain("'gpt-4o' must be like 'gpt-4o=owner/model'");
  });
});

/** Each starts a Python to see whether it would do. */
describe('mlx-serve doctor', { timeout: 30_000 }, () => {
  it('says what is missing and what to do about it', async () => {
    vi.stubEnv('MLX_SERVE_HOME', mkdtempSync(join(tmpdir(), 'home-')));
    const occupant = createServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    const address = occupant.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    expect(await run('doctor', '--port', String(port), '--model', 'acme/a', 'acme/b')).toBe(1);
    occupant.close();
    const report = printed.join('\n');
    expect(report).toMatch(/ok {4}Node/);
    expect(report).toMatch(/FAIL {2}Python .*mlx-serve setup/);
    expect(report).toMatch(/FAIL {2}Model .*acme\/a is not here yet.*mlx-serve pull acme\/a/);
    expect(report).toMatch(/FAIL {2}Model .*acme\/b is not here yet/);
    expect(report).toMatch(/ok {4}Memory/);
    expect(report).toMatch(/FAIL {2}Port .*EADDRINUSE/);
  });

  it.each([
    ['a Python that cannot be used', 'acme/a', { MLX_PYTHON: '/nowhere' }, /Python .*MLX_PYTHON/],
    ['a directory that is not there', '/nowhere/model', {}, /Model .*no model directory/],
    [
      'a directory that is no model',
      mkdtempSync(join(tmpdir(), 'empty-')),
      {},
      /Model .*config\.json/,
    ],
    ['a name that is none', 'nope', {}, /Model .*neither a Hugging Face id/],
    ['a file to be converted', 'model.gguf', {}, /Model .*mlx-serve convert model\.gguf/],
  ])('names %s', async (_, model, variables, fault) => {
    vi.stubEnv('MLX_SERVE_HOME', mkdtempSync(join(tmpdir(), 'home-')));
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    expect(await run('doctor', '--port', '0', '--model', model)).toBe(1);
    expect(printed.find((line) => fault.test(line))).toMatch(/^FAIL/);
  });

  it('finds nothing wrong with a complete installation', async () => {
    expect(await run('doctor', '--port', '0')).toBe(0);
    expect(printed.join('\n')).toMatch(/ok {4}MLX/);
    expect(printed.join('\n')).not.toContain('FAIL');
    printed = [];
    expect(await run('doctor', '--port', '0', '--json')).toBe(0);
    expect(JSON.parse(printed.join(''))).toContainEqual({
      name: 'BLAS',
      ok: true,
      detail: expect.any(String),
    });
  });
});

it('a directory is served under its own name', () => {
  const directory = mkdtempSync(join(tmpdir(), 'model-'));
  expect(toDescriptor(directory)).toMatchObject({ path: directory, source: 'local' });
  expect(toDescriptor(directory).id).toMatch(/^model-/);
  expect(toDescriptor('acme/echo')).toEqual({ id: 'acme/echo', path: 'acme/echo' });
  expect(toDescriptor(`mine=${directory}`)).toMatchObject({ id: 'mine', path: directory });
  expect(toDescriptor('mine=acme/echo')).toEqual({ id: 'mine', path: 'acme/echo' });
  const snapshot = join(directory, 'models--acme--echo', 'snapshots', 'c0ffee');
  mkdirSync(snapshot, { recursive: true });
  expect(toDescriptor(snapshot)).toMatchObject({ id: 'acme/echo', path: snapshot });
});
