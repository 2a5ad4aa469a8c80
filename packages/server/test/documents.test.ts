import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { text as readWhole } from 'node:stream/consumers';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadConfigWithOrigins, readConfigFile } from '@mlx/config';
import { addEngineCommands } from '@mlx/engine/cli';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkServerSettings, serverSettings } from '../src/cli/server-settings.js';
import { createHandler, listen, type HttpServer } from '../src/index.js';
import { readKeyFile } from '../src/keys/read-key-file.js';
import { blocks, commandLines, read, root, type CommandLine } from './support/documents.js';
import { post, question } from './support/requests.js';
import { knownOptions, readCommandLine } from './support/read-command-line.js';
import { MODEL, ScriptedEngine } from './support/scripted-engine.js';

/** Which tests run the code of a language; what is not here has none. */
const RUN_BY: Readonly<Record<string, string>> = {
  sh: 'packages/server/test/documents.test.ts',
  yaml: 'packages/server/test/documents.test.ts',
  json: 'packages/server/test/documents.test.ts',
  toml: 'apps/clients/test/agents.test.ts',
  ts: 'docs/test/examples.test.ts',
  js: 'docs/test/examples.test.ts',
  python: 'apps/clients/test/documented.test.ts',
  nginx: 'packages/server/test/documents.test.ts',
  caddyfile: 'packages/server/test/documents.test.ts',
};

describe('a block of a document', () => {
  it.each(blocks)('has a test that runs it: $page:$line', ({ language }) => {
    // Drawings, and what programs print.
    if (language === 'text') return;
    expect(existsSync(join(root, RUN_BY[language] ?? 'no test'))).toBe(true);
  });

  it('of TypeScript or JavaScript is found by the test that runs it', () => {
    const found = blocks.filter(({ language }) => language === 'ts' || language === 'js');
    expect(found.filter(({ page }) => page.startsWith('apps/'))).toEqual([]);
    for (const { code } of found) expect(code).not.toContain('@ts-');
  });
});

type Check = (line: CommandLine) => void;

const manifest = (folder: string) => JSON.parse(read(join(folder, 'package.json')));
const catalog = (readConfigFile(join(root, 'pnpm-workspace.yaml'))?.value ?? {}) as {
  catalog: Record<string, string>;
};
const workspace = [
  'apps/bench',
  ...['schemas', 'config', 'telemetry', 'bridge', 'engine', 'server', 'ai-provider'].map(
    (name) => `packages/${name}`,
  ),
];

/** A script of the folder that a page tells of, or of the one that is named. */
function checkScript(page: string, words: readonly string[]): void {
  const named = words.indexOf('--filter');
  const [, filter] = named < 0 ? [] : words.slice(named);
  const script = words[named < 0 ? 0 : named + 2] ?? '';
  const folders = page.startsWith('apps/') ? [dirname(page)] : ['.'];
  const of =
    filter === undefined ? folders : workspace.filter((one) => manifest(one).name === filter);
  expect(of.map((folder) => Object.keys(manifest(folder).scripts))).toEqual([
    expect.arrayContaining([script]),
  ]);
  const [suite] = words.slice(1);
  if (script !== 'bench' || suite === undefined || suite.startsWith('-')) return;
  expect(read(`apps/bench/src/suites/suites.ts`)).toContain(suite);
}

function checkPackages(names: readonly string[]): void {
  const ours = workspace.map((folder) => manifest(folder).name);
  const known = [...ours, ...Object.keys(catalog.catalog)];
  for (const name of names) expect(known).toContain(name.replace(/(?<=.)@.*$/, ''));
}

const readEngineLine = (words: readonly string[]): void => {
  const command = new Command('mlx-engine').exitOverride();
  const { stdout, stderr, env: variables } = process;
  const signal = new AbortController().signal;
  addEngineCommands(command, { stdout, stderr, variables, signal });
  for (const child of command.commands) child.exitOverride().action(() => undefined);
  command.parse([...words], { from: 'user' });
};

const checks: Readonly<Record<string, Check>> = {
  'mlx-serve': ({ words }) => readCommandLine(words),
  'mlx-engine': ({ words }) => readEngineLine(words),
  npm: ({ page, words: [verb = '', ...names] }) => {
    if (verb.endsWith('install')) checkPackages(names.filter((name) => name !== '-g'));
    else checkScript(page, [verb]);
  },
  npx: (line) => {
    const words = line.words.filter((word) => word !== '-p' && word !== '@mlx/server');
    const [program = '', ...rest] = words;
    const [name = '', version] = program.split('@');
    if (version !== undefined)
      expect(manifest('.').devEngines.packageManager).toMatchObject({ name, version });
    checkLine({ ...line, program: name, words: rest });
  },
  pnpm: ({ page, words }) => checkScript(page, words),
  python: ({ words: [file = '', ...names] }) => {
    for (const name of names) expect(read(file)).toContain(`"${name}"`);
    expect(existsSync(join(root, file))).toBe(true);
  },
  docker: ({ words: [verb, ...words] }) => {
    if (verb === 'build') {
      const [file = '', context = ''] = [words[words.indexOf('-f') + 1], words.at(-1)];
      expect(dirname(file)).toBe(context);
      expect(existsSync(join(root, file))).toBe(true);
      return;
    }
    expect(words).toContain('models:/data/models');
    expect(words.at(-1)).toMatch(/^mlx-serve:(cpu|cuda)$/);
    expect(existsSync(join(root, `containers/${words.at(-1)?.split(':')[1]}.Dockerfile`))).toBe(
      true,
    );
  },
  'nats-server': ({ words: [, file = ''] }) =>
    expect(existsSync(join(root, 'containers/fleet', file))).toBe(true),
  rm: ({ words }) => expect(words).toEqual(['-rf', '~/.cache/mlx-serve']),
  export: ({ words }) => expect(words).toEqual([expect.stringMatching(/^[A-Z_]+=\S+$/)]),
};

/** Programs of others; docs/CLIENTS.md says with which versions its own were tried. */
const FOREIGN: ReadonlySet<string> = new Set([
  'brew',
  'nats',
  'claude',
  'qwen',
  'aider',
  'open-webui',
  'lm_eval',
]);

function checkLine(line: CommandLine): void {
  if (FOREIGN.has(line.program)) return;
  const check = checks[line.program];
  if (check === undefined) throw new Error(`Nothing checks ${line.program}`);
  check(line);
}

describe('a command line of the documents', () => {
  it.each(commandLines.filter(({ program }) => program !== 'curl'))('$page: $line', checkLine);

  let server: HttpServer;
  beforeAll(async () => {
    server = await listen(createHandler(new ScriptedEngine()), { host: '127.0.0.1', port: 0 });
  });
  afterAll(() => server.close(0));

  it.each(commandLines.filter(({ program }) => program === 'curl'))(
    '$page: $line',
    async ({ whole }) => {
      const script = whole
        .replaceAll('http://127.0.0.1:8484', server.url)
        .replaceAll('HuggingFaceTB/SmolLM2-135M-Instruct', MODEL);
      const shell = spawn('sh', ['-c', `${script} --silent --show-error`]);
      const answer = await readWhole(shell.stdout);
      expect(answer).toContain('"object":"chat.completion"');
      if (whole.startsWith('curl -i'))
        expect(answer).toMatch(/^mlx-ignored: metadata, tools\[\]\.cache_control\r$/m);
    },
  );
});

/** `mlx-serve show NAME` within a sentence or a table. */
const inline = [...new Set(blocks.map(({ page }) => page))].flatMap((page) =>
  [
    ...read(page)
      .replaceAll(/^( *)```[^]*?^\1```$/gm, '')
      .matchAll(/`([^`\n]+)`/g),
  ].map(([, code = '']) => ({ page, code })),
);

describe('a command within a sentence', () => {
  const commands = inline.filter(
    ({ code }) => /^(?:npx -p @mlx\/server )?mlx-serve \S/.test(code) && !/[…|]/.test(code),
  );
  it.each(commands)('is one: $page: $code', ({ code }) => {
    const words = code.replace('npx -p @mlx/server ', '').split(/\s+/).slice(1);
    // A command's name alone stands for it.
    if (words.length > 1) readCommandLine(words);
    else expect(() => readCommandLine([...words, '--help'])).toThrow('(outputHelp)');
  });

  /** Options of other programs. */
  const theirs: ReadonlySet<string> = new Set(['--quick', '--shrink', '--ours']);
  const options = inline.filter(({ code }) => /^--[a-z]/.test(code));
  it.each(options)('names an option that there is: $page: $code', ({ code }) => {
    const [, option = ''] = /^(--[a-z-]+)/.exec(code) ?? [];
    expect([...knownOptions(), ...theirs]).toContain(option);
  });
});

/** Files that are no configuration of ours, by the comment that they begin with. */
const OTHER_FILES: ReadonlySet<string> = new Set(['keys.yaml', 'fleet.yaml', 'prometheus.yml']);
const files = blocks
  .filter(({ language, page }) => language === 'yaml' && page !== 'docs/CLIENTS.md')
  .map((block) => ({ ...block, name: /^# (\S+\.ya?ml)/.exec(block.code)?.[1] ?? 'mlx.yaml' }));

it.each(files)('$name of $page:$line is one that is taken', ({ name, code }) => {
  const file = join(mkdtempSync(join(tmpdir(), 'documents-')), name);
  writeFileSync(file, code);
  expect(readConfigFile(file)?.value).toBeTypeOf('object');
  if (!OTHER_FILES.has(name)) loadConfigWithOrigins(file, { variables: {} });
});

it('the configuration and the keys of OPERATIONS.md are valid together', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'operations-'));
  for (const { name, code } of files.filter(({ page }) => page === 'docs/OPERATIONS.md')) {
    writeFileSync(join(folder, name), code);
  }
  const loaded = loadConfigWithOrigins(join(folder, 'models.yaml'), { variables: {} });
  await checkServerSettings(loaded);
  const { keyFile = '', models } = serverSettings(loaded);
  expect(models).toHaveLength(2);
  expect(readKeyFile(keyFile).map(({ name }) => name)).toEqual(['anne', 'website']);
});

it('the error that is shown is what the server answers', async () => {
  const shown = blocks.find(
    ({ page, language }) => page === 'packages/server/README.md' && language === 'json',
  );
  const handler = createHandler(new ScriptedEngine());
  const answer = await handler.fetch(post('/v1/chat/completions', { ...question, temperature: 3 }));
  expect(await answer.json()).toEqual(JSON.parse(shown?.code ?? ''));
});

it('Codex is set up in every document as it was tried', () => {
  const [tried, ...others] = blocks
    .filter(({ language }) => language === 'toml')
    .map(({ code }) => code.replace(/^# .*\n/, '').replace(/^model = .*$/m, 'model'));
  expect(others).toEqual([tried]);
});

it.each(blocks.filter(({ language }) => ['nginx', 'caddyfile'].includes(language)))(
  'the proxy of $page:$line is closed where it is opened, and asks where the server listens',
  ({ code }) => {
    expect(code.split('{')).toHaveLength(code.split('}').length);
    expect(code).toContain('127.0.0.1:8484');
    for (const line of code.split('\n')) expect(line).toMatch(/(^|[{};]|^ +\S+ \S+)$/);
  },
);
