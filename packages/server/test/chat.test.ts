import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Chat } from '../src/chat/chat.js';
import { runChatCommand } from '../src/chat/chat-commands.js';
import { chatInTerminal } from '../src/chat/chat-terminal.js';
import { createHandler, listen, type HttpServer } from '../src/index.js';
import { askServer } from '../src/client/server-client.js';
import { runCli } from '../src/cli/run-cli.js';
import { PIXEL, PIXEL_URL } from './support/images.js';
import { readPiped } from '../src/chat/piped-text.js';
import { readWords } from '../src/cli/run-command.js';
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
  const chat = new Chat(askServer(server.url), MODEL, { temperature: 0.6 });
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

it('images go with the next question and stay in the conversation', async () => {
  engine.sees = true;
  const { type, shows, over } = talk();
  const file = join(home, 'pixel.png');
  writeFileSync(file, Buffer.from(PIXEL, 'base64'));
  writeFileSync(join(home, 'notes.txt'), 'no picture, but long enough for a header');
  type(`/image ${join(home, 'notes.txt')}`);
  await shows('none of PNG, JPEG, WebP, GIF');
  type(`/image ${join(home, 'none.png')}`);
  await shows('there is no such file');
  type(`/image ${file}`);
  await shows('goes with your next question');
  type('What is it?');
  await shows('Hello world');
  const saved = join(home, 'seen.json');
  type(`/save ${saved}`);
  await shows('Saved to');
  type(`/load ${saved}`);
  await shows('Loaded 2 turns');
  engine.script(tokens('Older'));
  type('Sure?');
  await shows('Older');
  type('/bye');
  await over;
  const seen = {
    role: 'user',
    content: [
      { type: 'image', image: PIXEL_URL },
      { type: 'text', text: 'What is it?' },
    ],
  };
  expect(engine.calls.map(({ messages }) => messages)).toEqual([
    [seen],
    [seen, { role: 'assistant', content: 'Hello world' }, { role: 'user', content: 'Sure?' }],
  ]);
});

const chatWith = (...args: string[]) => runCli(['node', 'mlx-serve', 'run', ...args]);

/** As a person has it: nothing is piped in. */
const terminal = { fd: 0 as const, isTTY: true } as never as typeof process.stdin;

it('run --image shows each image with the prompt', async () => {
  engine.sees = true;
  const file = join(home, 'pixel.png');
  writeFileSync(file, Buffer.from(PIXEL, 'base64'));
  const printed: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  const images = ['--image', file, '--image', file];
  const args = ['run', MODEL, ...images, 'what is', 'this?', '--url', server.url];
  vi.spyOn(process, 'stdin', 'get').mockReturnValue(Object.assign(new PassThrough(), terminal));
  expect(await runCli(['node', 'mlx-serve', ...args])).toBe(0);
  expect(printed.join('')).toBe('Hello world\n');
  const image = { type: 'image', image: PIXEL_URL };
  expect(engine.calls[0]?.messages?.at(-1)?.content).toEqual([
    image,
    image,
    { type: 'text', text: 'what is this?' },
  ]);
});

it('run without a prompt asks nothing of the model when nobody is there to type one', async () => {
  const complained: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => complained.push(String(text)) > 0);
  const empty = Object.assign(new PassThrough().end(), { fd: 0 as const }) as never;
  vi.spyOn(process, 'stdin', 'get').mockReturnValue(empty);
  expect(await runCli(['node', 'mlx-serve', 'run', MODEL, '--url', server.url])).toBe(1);
  expect(complained.join('')).toContain(`Nothing was asked of ${MODEL}: write a prompt`);
  expect(await runCli(['node', 'mlx-serve', 'run', '', '--url', server.url])).toBe(1);
  expect(complained.at(-1)).toContain('Nothing was asked: write a prompt');
  expect(engine.calls).toEqual([]);
});

it('run asks the server that was named, or says why it cannot', async () => {
  const printed: string[] = [];
  const complained: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => complained.push(String(text)) > 0);
  vi.spyOn(process, 'stdin', 'get').mockReturnValue(Object.assign(new PassThrough(), terminal));
  const { port } = new URL(server.url);
  // Not the default model, but the one that is in memory there.
  expect(await chatWith('Say hello', '--port', port)).toBe(0);
  expect(printed.join('')).toBe('Hello world\n');
  expect(await chatWith('acme/none', 'Hi', '--url', server.url)).toBe(1);
  expect(complained.at(-1)).toContain(`does not serve 'acme/none'. Its models: ${MODEL}.`);
  expect(await chatWith(MODEL, 'Hi', '--port', '1')).toBe(1);
  expect(complained.at(-1)).toContain('No server answers at http://127.0.0.1:1.');
  vi.stubEnv('MLX_SERVING__SERVER__PORT', '1');
  expect(await chatWith('hi')).toBe(1);
  expect(complained.at(-1)).toMatch(/^mlx-serve: 'hi' is neither .+ name a model first: .+ hi\n$/);
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
  const { port } = new URL(server.url);
  expect(await runCli(['node', 'mlx-serve', 'ps', '--port', port])).toBe(0);
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

it('a prompt without a model is for the default one; a folder may have a space in its name', () => {
  expect(readWords('Why is the sky blue?', ['Briefly.'])).toEqual({
    model: undefined,
    words: ['Why is the sky blue?', 'Briefly.'],
  });
  expect(readWords('', ['Hi'])).toEqual({ model: undefined, words: ['Hi'] });
  expect(readWords('acme/one', ['Hi'])).toEqual({ model: 'acme/one', words: ['Hi'] });
  const folder = mkdtempSync(join(tmpdir(), 'my model-'));
  expect(readWords(folder, [])).toEqual({ model: folder, words: [] });
});

it('a pipe that stays open and silent is waited for only where there is nothing to ask without it', async () => {
  const errors = new PassThrough();
  const beside = { needed: false, errors, patienceMs: 20 };
  expect(await readPiped(new PassThrough(), beside)).toBe('');
  expect(String(errors.read())).toContain('the prompt is asked alone');
  const slow = new PassThrough();
  slow.write('one ');
  setTimeout(() => slow.end('two\n'), 60);
  expect(await readPiped(slow, beside)).toBe('one two');
  expect(await readPiped(new PassThrough().end(), beside)).toBe('');
  expect(errors.read()).toBe(null);
  const late = new PassThrough();
  setTimeout(() => late.end(' late\n'), 60);
  expect(await readPiped(late, { ...beside, needed: true })).toBe('late');
  expect(String(errors.read())).toContain('< /dev/null');
});

it.each([
  [['Sum up:', '-', 'Briefly.'], 'Sum up: a text Briefly.'],
  [['Sum up:'], 'Sum up:\n\na text'],
])('run puts what is piped in where it belongs: %j', async (words, content) => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const piped = Object.assign(new PassThrough().end('a text\n'), { fd: 0 as const }) as never;
  vi.spyOn(process, 'stdin', 'get').mockReturnValue(piped);
  const args = ['run', MODEL, ...words, '--url', server.url];
  expect(await runCli(['node', 'mlx-serve', ...args])).toBe(0);
  expect(engine.calls[0]?.messages?.at(-1)?.content).toBe(content);
});

async function askedBy(chat: Chat) {
  for await (const piece of chat.answer('Hi', new AbortController().signal)) void piece;
  return engine.calls.at(-1);
}

it('a model whose makers advise nothing is asked calmly, unless it is set otherwise', async () => {
  const chat = new Chat(askServer(server.url), MODEL, { temperature: null });
  expect(await askedBy(chat)).toMatchObject({ temperature: 0.4, topP: 0.9 });
  expect(await runChatCommand(chat, '/show')).toMatchObject({
    text: 'temperature: 0.4\ntop_p: 0.9',
  });
  chat.settings.temperature = 0;
  expect(await askedBy(chat)).toMatchObject({ temperature: 0, topP: 0.9 });
  const advised = new Chat(askServer(server.url), MODEL, { top_k: 20 });
  expect(await askedBy(advised)).not.toHaveProperty('temperature');
});
