import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createHandler, listen, type HttpServer } from '../src/index.js';
import { MODEL, ScriptedEngine, endless, finished, tokens } from './support/scripted-engine.js';
import { Terminal, keys } from './support/terminal.js';

// A process that starts while other tests run takes its time.
vi.setConfig({ testTimeout: 60_000 });

let engine: ScriptedEngine;
let server: HttpServer;
let home: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'home-'));
  engine = new ScriptedEngine();
  server = await listen(createHandler(engine), { host: '127.0.0.1', port: 0 });
});
afterAll(() => server.close(0));

const chat = () =>
  new Terminal(['run', MODEL, '--url', server.url], { MLX_SERVE_HOME: home, HOME: home });

it('a person talks, writes several lines, stops an answer, sets, saves and leaves', async () => {
  using terminal = chat();
  await terminal.shows(/acme\/echo \(http.*\)\. \/help lists.*\n>>> *$/);

  terminal.press('/set temperature 0', keys.enter);
  await terminal.shows(/temperature: 0\n>>> *$/);

  terminal.press('"""one', keys.enter);
  await terminal.shows(/\.\.\. *$/);
  terminal.press('two"""', keys.enter);
  await terminal.shows(/Hello world\n>>> *$/);
  expect(engine.calls.at(-1)).toMatchObject({
    temperature: 0,
    messages: [{ role: 'user', content: 'one\ntwo' }],
  });

  engine.script(endless);
  terminal.press('Go on', keys.enter);
  await terminal.shows(/tick tick/);
  terminal.press(keys.controlC);
  await terminal.shows(/\[stopped\]\n>>> *$/);
  await expect.poll(() => engine.running).toBe(0);

  terminal.press(keys.controlC);
  await terminal.shows(/Ctrl-D or \/bye leaves\.\n>>> *$/);

  const file = join(home, 'saved.json');
  terminal.press(`/save ${file}`, keys.enter);
  await terminal.shows(/Saved to/);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    settings: { temperature: 0 },
    turns: [{ content: 'one\ntwo' }, {}, { content: 'Go on' }, { content: /^tick/ }],
  });
  terminal.press(keys.controlD);
  expect(await terminal.exited).toBe(0);
});

it('what was typed in an earlier chat comes back with the key that goes up', async () => {
  {
    using terminal = chat();
    await terminal.shows(/>>> *$/);
    terminal.press('/set seed 7', keys.enter);
    await terminal.shows(/seed: 7\n>>> *$/);
    terminal.press('/bye', keys.enter);
    expect(await terminal.exited).toBe(0);
  }
  using terminal = chat();
  await terminal.shows(/>>> *$/);
  terminal.press(keys.up, keys.up);
  await terminal.shows(/>>> \/set seed 7$/);
  terminal.press(keys.enter);
  await terminal.shows(/seed: 7\n>>> *$/);
});

it('a model that may call the tools of the demonstration reads what they bring', async () => {
  using terminal = chat();
  await terminal.shows(/>>> *$/);
  terminal.press('/set tools on', keys.enter);
  await terminal.shows(/tools: on\n>>> *$/);
  engine.script(async function* script(params, signal) {
    if (params.messages?.at(-1)?.role === 'tool') {
      yield* tokens('It is 42.')(params, signal);
      return;
    }
    const text = JSON.stringify({ left: 6, operator: '*', right: 7 });
    yield {
      type: 'tool_call',
      toolCall: { index: 0, id: 'a', name: 'calculate', arguments: text },
    };
    yield { ...finished(1), finishReason: 'tool_calls' };
  });
  terminal.press('What is 6 times 7?', keys.enter);
  await terminal.shows(/\[calculate \{.*\} → 42\]\nIt is 42\.\n>>> *$/);
  expect(engine.calls.at(-1)?.messages).toMatchObject([
    { role: 'user' },
    { role: 'assistant', toolCalls: [{ id: 'a' }] },
    { role: 'tool', content: '42' },
  ]);
});
