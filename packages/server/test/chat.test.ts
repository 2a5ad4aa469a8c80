import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Chat } from '../src/chat/chat.js';
import { chatInTerminal } from '../src/chat/chat-terminal.js';
import { createHandler, listen, type HttpServer } from '../src/index.js';
import { askServer } from '../src/client/server-client.js';
import { runCli } from '../src/cli/run-cli.js';
import { MODEL, ScriptedEngine, endless, finished, tokens } from './support/scripted-engine.js';

let engine: ScriptedEngine;
let server: HttpServer;
let home: string;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'home-'));
  vi.stubEnv('MLX_SERVE_HOME', home);
  engine = new ScriptedEngine();
  server = await listen(createHandler(engine), { host: '127.0.0.1', port: 0 });
});

afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await server.close(0);
});

/** A chat whose person types what `type` is given. */
function talk() {
  const input = new PassThrough();
  const output = new PassThrough();
  let written = '';
  output.on('data', (bytes) => (written += String(bytes)));
  const chat = new Chat(askServer(server.url), MODEL);
  const over = chatInTerminal(chat, { input, output });
  const type = (line: string) => input.write(`${line}\n`);
  const shows = (text: string) => expect.poll(() => written).toContain(text);
  return { chat, input, over, type, shows };
}

it('a conversation goes on until the person leaves, with settings and texts of several lines', async () => {
  const { chat, type, shows, over } = talk();
  type('/set temperature 0');
  await shows('temperature: 0');
  type('/set nonsense 1');
  await shows('There is no setting nonsense');
  type('/set system Be brief.');
  await shows('system: Be brief.');
  type('Hi');
  await shows('Hello world');
  engine.script(tokens('Again'));
  type('"""one');
  type('two"""');
  await shows('Again');
  expect(engine.calls.at(-1)).toMatchObject({
    temperature: 0,
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello world' },
      { role: 'user', content: 'one\ntwo' },
    ],
  });
  const file = join(home, 'saved.json');
  type(`/save ${file}`);
  await shows('Saved to');
  type('/clear');
  await shows('A new conversation');
  expect(chat.turns).toEqual([]);
  type(`/load ${file}`);
  await shows('Loaded 4 turns');
  type('/bye');
  await over;
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ settings: { temperature: 0 } });
});

it('what the model thinks is shown and not kept; a failure is told and the chat goes on', async () => {
  const { chat, type, shows, input, over } = talk();
  engine.script(async function* script() {
    yield { type: 'reasoning', text: 'hmm ' };
    yield { type: 'token', token: 'Yes' };
    yield finished(2);
  });
  type('Is it?');
  await shows('hmm Yes');
  expect(chat.turns).toEqual([
    { role: 'user', content: 'Is it?' },
    { role: 'assistant', content: 'Yes' },
  ]);
  engine.script(async function* script() {
    yield { type: 'token', token: 'half' };
    yield { type: 'error', error: { code: 'SidecarCrashed', message: 'The model crashed' } };
  });
  type('Again?');
  await shows('[');
  type('/show');
  await shows("All settings are the model's own.");
  input.end();
  await over;
});

it('an answer that is stopped is kept as far as it came', async () => {
  const chat = new Chat(askServer(server.url), MODEL);
  engine.script(endless);
  const stop = new AbortController();
  await expect(async () => {
    for await (const { text } of chat.answer('Go', stop.signal)) {
      if (text !== '') stop.abort();
    }
  }).rejects.toThrow();
  expect(chat.turns).toMatchObject([{ content: 'Go' }, { content: /^(tick )+$/ }]);
  await expect.poll(() => engine.running).toBe(0);
});

it('ps, load and stop ask the running server', async () => {
  const printed: string[] = [];
  const complained: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => complained.push(String(text)) > 0);
  const run = (...args: string[]) => runCli(['node', 'mlx-serve', ...args, '--url', server.url]);
  expect(await run('ps')).toBe(0);
  expect(printed.join('')).toMatch(/^NAME +STATE.*\nacme\/echo +loaded/);
  expect(await run('load', MODEL, '--json')).toBe(0);
  expect(JSON.parse(printed.at(-1) ?? '')).toMatchObject({ id: MODEL, state: 'loaded' });
  expect(await run('stop', MODEL)).toBe(0);
  expect(await run('load', 'acme/none')).toBe(1);
  expect(complained.join('')).toContain("mlx-serve: The model 'acme/none' is not served here");
  expect(await runCli(['node', 'mlx-serve', 'ps', '--url', 'here'])).toBe(2);
  expect(await runCli(['node', 'mlx-serve', 'top', '--url', 'here'])).toBe(2);
  await server.close(0);
  expect(await run('ps')).toBe(1);
  expect(complained.join('')).toContain('No server answers');
});
