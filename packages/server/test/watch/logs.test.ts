import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { createHandler } from '../../src/index.js';
import { createLogger } from '../../src/logger.js';
import { prettyLine } from '../../src/log/pretty-line.js';
import { logEngine, runtimeLogger } from '../../src/serve/log-engine.js';
import { fakeEngine, FAKE_MODEL } from '../support/fake-engine.js';
import { get, post, question } from '../support/requests.js';
import { ScriptedEngine } from '../support/scripted-engine.js';

// Real processes are started and lost, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

type Line = Record<string, unknown>;
const INFO = 30;
const WARN = 40;
const ERROR = 50;

function fileLogger() {
  const destination = join(mkdtempSync(join(tmpdir(), 'log-')), 'server.log');
  const logger = createLogger({ level: 'trace', format: 'json', destination });
  const lines = (): Line[] =>
    readFileSync(destination, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  return { logger, lines, text: () => readFileSync(destination, 'utf8') };
}

describe('a request', () => {
  it.each([true, false])('is one line at its end, streamed: %s', async (stream) => {
    const { logger, lines } = fileLogger();
    const handler = createHandler(new ScriptedEngine(), { logger });
    const headers = { 'user-agent': 'OpenAI/JS 7.59.0', 'x-request-id': 'mine' };
    const response = await handler.fetch(
      post('/v1/chat/completions', { ...question, stream }, headers),
    );
    await response.text();
    await vi.waitFor(() => expect(lines()).toHaveLength(1));
    expect(lines()[0]).toMatchObject({
      level: INFO,
      msg: 'request',
      requestId: 'mine',
      method: 'POST',
      path: '/v1/chat/completions',
      status: 200,
      model: question.model,
      in: expect.any(Number),
      out: expect.any(Number),
      tokensPerSecond: expect.any(Number),
      firstTokenMs: expect.any(Number),
      ms: expect.any(Number),
      finish: 'stop',
      client: 'OpenAI/JS 7.59.0',
    });
  });

  it('that polls is debug, and one that is refused says why', async () => {
    const { logger, lines } = fileLogger();
    const handler = createHandler(new ScriptedEngine(), { logger });
    await handler.fetch(get('/v1/models'));
    await handler.fetch(post('/v1/chat/completions', { ...question, model: 'other/model' }));
    await handler.drain(0);
    expect((await handler.fetch(get('/readyz'))).status).toBe(503);
    expect(lines().map(({ level, path, code }) => [level, path, code])).toEqual([
      [20, '/v1/models', undefined],
      [INFO, '/v1/chat/completions', 'model_not_found'],
      [20, '/readyz', undefined],
    ]);
  });

  it('whose client leaves is information, not a warning', async () => {
    const { logger, lines } = fileLogger();
    const engine = await fakeEngine({ generation: { stepMs: 5 } });
    const handler = createHandler(engine, { logger });
    const abort = new AbortController();
    const body = { model: FAKE_MODEL, prompt: 'Hi', max_tokens: 5000, stream: true };
    const request = new Request(post('/v1/completions', body), { signal: abort.signal });
    const response = await handler.fetch(request);
    const reader = response.body?.getReader();
    await reader?.read();
    abort.abort();
    await reader?.cancel().catch(() => undefined);
    await vi.waitFor(() => expect(lines()).toHaveLength(1));
    expect(lines()[0]).toMatchObject({ level: INFO, code: 'client_closed_request' });
    expect(Number(lines()[0]?.['out'])).toBeGreaterThan(0);
  });

  it('leaves neither its prompt, its answer nor its key in the log', async () => {
    const { logger, text } = fileLogger();
    const engine = new ScriptedEngine();
    const apiKey = 'sk-secret-key';
    const handler = createHandler(engine, { logger, apiKey });
    const secret = { ...question, messages: [{ role: 'user', content: 'my secret plan' }] };
    for (const changes of [{}, { stream: true }, { temperature: 9 }, { user: 'secret' }]) {
      for (const authorization of [`Bearer ${apiKey}`, 'Bearer sk-secret-other']) {
        const response = await handler.fetch(
          post('/v1/chat/completions?key=secret', { ...secret, ...changes }, { authorization }),
        );
        await response.text();
      }
    }
    await vi.waitFor(() => expect(text().split('\n')).toHaveLength(9));
    expect(text()).not.toMatch(/secret|Hello|world/);
  });
});

it('what may hold a key is in no line, at the top or one level down', () => {
  const { logger, text } = fileLogger();
  const secrets = { apiKey: 'secret', authorization: 'secret', headers: { cookie: 'secret' } };
  const refused = Object.assign(new Error('refused'), { headers: secrets.headers });
  logger.warn({ ...secrets, request: secrets, err: refused }, 'refused');
  expect(text()).toContain('"apiKey":"[Redacted]"');
  expect(text()).not.toContain('secret');
});

it('crash, restart and giving up are told with the signal and the last words', async () => {
  const { logger, lines } = fileLogger();
  const killed = {
    startupStderr: 'the last words\n',
    faults: [{ when: { tokens: 1 }, action: { type: 'signal', signal: 'SIGKILL' } }],
  } as const;
  const engine = await fakeEngine(killed, {}, { exitAtStart: 3 });
  logEngine(engine, logger);
  const log = runtimeLogger(logger);
  log({ level: 'warn', message: 'from Python', model: FAKE_MODEL, fields: { logger: 'mlx' } });
  await engine.generate({ model: FAKE_MODEL, prompt: 'Hi', maxTokens: 3 });
  const [hinted, crashed, back] = lines();
  expect(hinted).toMatchObject({ level: WARN, msg: 'from Python', model: FAKE_MODEL });
  expect(crashed).toMatchObject({
    level: WARN,
    msg: 'model crashed and is being restarted',
    model: FAKE_MODEL,
    cause: 'signal',
    signal: 'SIGKILL',
    attempt: 1,
    stderr: expect.stringContaining('the last words'),
  });
  expect(back).toMatchObject({ level: INFO, msg: 'model is back' });
});

it('giving up is an error that says what to do', () => {
  const { logger, lines } = fileLogger();
  const listeners = new Map<string, (event: unknown) => void>();
  const engine = {
    on: (name: string, heard: (event: never) => void) => listeners.set(name, heard as never),
  };
  logEngine(engine as never, logger);
  const context = { model: 'm', gaveUp: true, signal: 'SIGKILL', stderrTail: 'a\nb\n' };
  listeners.get('error')?.({ error: { code: 'SidecarCrashed', message: 'too often' }, context });
  listeners.get('error')?.({
    error: { code: 'Timeout', message: 'x' },
    context: { streamId: '1' },
  });
  expect(lines()).toHaveLength(1);
  expect(lines()[0]).toMatchObject({
    level: ERROR,
    msg: 'model given up: load it again, or restart the server',
    signal: 'SIGKILL',
    stderr: 'a\nb',
  });
});

describe('a line for people', () => {
  const entry = JSON.stringify({
    time: 0,
    level: INFO,
    msg: 'request',
    requestId: 'req_1',
    method: 'POST',
    path: '/v1/chat/completions',
    status: 200,
    ms: 4561,
    model: 'acme/echo',
    in: 12,
    cached: 4,
    out: 34,
    tokensPerSecond: 12.3,
    firstTokenMs: 120,
    finish: 'stop',
    client: 'curl/8',
  });
  const readable =
    /^\d\d:\d\d:\d\d info {2}POST \/v1\/chat\/completions 200 4561ms model=acme\/echo in=12 \(4 cached\) out=34 tok\/s=12.3 first=120ms finish=stop client=curl\/8 req_1$/;

  it('tells of a request in words', () => {
    expect(prettyLine(entry)).toMatch(readable);
  });

  it('has colours where asked for, and says the same', () => {
    const line = prettyLine(entry, true);
    expect(line).not.toBe(prettyLine(entry));
    expect(stripVTControlCharacters(line)).toMatch(readable);
  });

  it('puts a stack below an error and nothing below a warning', () => {
    const err = { type: 'Error', message: 'broken', stack: 'Error: broken\n    at somewhere' };
    const line = (level: number) => prettyLine(JSON.stringify({ time: 0, level, msg: 'x', err }));
    expect(line(ERROR)).toMatch(/error x err=broken\n {4}Error: broken\n {8}at somewhere$/);
    expect(line(WARN)).toMatch(/warn {2}x err=broken$/);
  });
});
