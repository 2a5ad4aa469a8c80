import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createHandler, listen, type Handler, type HandlerOptions } from '../src/index.js';
import type { HttpServer } from '../src/index.js';
import { longestTurn } from './support/longest-turn.js';
import { errorOf, question } from './support/requests.js';
import { endless, finished, MODEL, ScriptedEngine, tokens } from './support/scripted-engine.js';
import { until } from './support/until.js';

const CHAT = '/v1/chat/completions';
const servers: HttpServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server[Symbol.asyncDispose]();
});

async function setUp(options: HandlerOptions = {}) {
  const engine = new ScriptedEngine();
  const handler = createHandler(engine, options);
  const server = await listen(handler, { host: '127.0.0.1', port: 0 });
  servers.push(server);
  return { engine, handler, server };
}

function ask(server: HttpServer, body: object, signal?: AbortSignal): Promise<Response> {
  return fetch(`${server.url}${CHAT}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...question, ...body }),
    ...(signal ? { signal } : {}),
  });
}

async function idle(handler: Handler, engine: ScriptedEngine): Promise<void> {
  await until(() => handler.activeRequests === 0 && engine.running === 0);
}

describe('a streamed answer', () => {
  const streamed = { ...question, stream: true };

  it('has every character and what belongs to every response', async () => {
    const { engine, server } = await setUp();
    engine.script(tokens('Olá', ' 世界', ' ', '👍', ' end'));
    const response = await ask(server, { stream: true });
    expect(response.headers.get('x-request-id')).toMatch(/^req_/);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(response.headers.get('transfer-encoding')).toBe('chunked');
    expect(textOf(await response.text())).toBe('Olá 世界 👍 end');
  });

  it('waits for those that were asked for before it on its connection', async () => {
    const { server } = await setUp();
    const socket = rawPost(server, streamed);
    socket.write(requestText(server, { ...streamed, max_tokens: 7 }));
    const text = await readUntil(socket, (read) => read.split('[DONE]').length === 3);
    const [, first, second] = text.split('HTTP/1.1 200 OK');
    for (const answer of [first, second]) {
      expect(textOf(answer ?? '')).toBe('Hello world');
      expect(answer).toContain('\r\n0\r\n\r\n');
    }
    socket.destroy();
  });

  it('has no chunks for a client that does not know them', async () => {
    const { server } = await setUp();
    const socket = rawSocket(server);
    socket.write(requestText(server, streamed).replace('HTTP/1.1', 'HTTP/1.0'));
    let text = '';
    for await (const part of socket.setEncoding('utf8')) text += part;
    const [head = '', body = ''] = text.split(/\r\n\r\n(.*)/s);
    expect(head).not.toContain('transfer-encoding');
    expect(body).toMatch(/^data: .*data: \[DONE\]\n\n$/s);
    expect(body).not.toContain('\r\n');
  });
});

describe('a client that goes away', () => {
  it.each([true, false])('cancels its answer (stream: %s)', async (stream) => {
    const { engine, handler, server } = await setUp();
    engine.script(endless);
    const abort = new AbortController();
    const answer = ask(server, { stream }, abort.signal);
    await until(() => engine.running === 1);
    if (stream) await (await answer).body?.getReader().read();
    abort.abort();
    if (!stream) await expect(answer).rejects.toThrow();
    await idle(handler, engine);
    expect(engine.cancelled).toBe(1);
  });

  it('while its prompt is read cancels it too', async () => {
    const { engine, handler, server } = await setUp();
    engine.script(async function* script(_params, signal) {
      await once(signal, 'abort');
      yield* endless(_params, signal);
    });
    const abort = new AbortController();
    const answer = ask(server, { stream: true }, abort.signal);
    await until(() => engine.running === 1);
    abort.abort();
    await expect(answer).rejects.toThrow();
    await idle(handler, engine);
    expect(engine.cancelled).toBe(1);
  });
});

describe('a client that reads slowly', () => {
  it('pauses the engine, and is dropped after a while', async () => {
    const { engine, handler, server } = await setUp({ stallTimeoutMs: 200 });
    let sent = 0;
    engine.script(async function* script(_params, signal) {
      for await (const chunk of endless(_params, signal)) {
        sent += 1;
        yield { ...chunk, type: 'token', token: 'x'.repeat(4096) };
      }
    });
    const socket = rawPost(server, { ...question, stream: true });
    socket.pause();
    await until(() => sent > 10);
    await idle(handler, engine);
    expect(engine.cancelled).toBe(1);
    // What fits into the buffers of both sockets; unbounded sending goes far beyond.
    expect(sent * 4096).toBeLessThan(16 * 1024 * 1024);
    socket.destroy();
  });
});

describe('draining', () => {
  it('refuses new work, lets running work finish, then closes', async () => {
    const { engine, handler, server } = await setUp();
    const gate = Promise.withResolvers<void>();
    engine.script(async function* script() {
      yield { type: 'token', token: 'first ' };
      await gate.promise;
      yield { type: 'token', token: 'last' };
      yield finished(2);
    });
    const running = await ask(server, { stream: true });
    const drained = handler.drain(10_000);
    const refused = await ask(server, {});
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    gate.resolve();
    expect(await running.text()).toContain('[DONE]');
    await drained;
    await server.close(1000);
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
  });

  it('delivers the last bytes before it cuts connections', async () => {
    const { engine, handler, server } = await setUp();
    engine.script(endless);
    const stream = await ask(server, { stream: true });
    await handler.drain(10);
    const [text] = await Promise.all([stream.text(), server.close(1000)]);
    expect(text).toContain('"code":"shutting_down"');
  });

  it('ends what does not finish in time with a typed error', async () => {
    const { engine, handler, server } = await setUp();
    engine.script(endless);
    const stream = await ask(server, { stream: true });
    const whole = ask(server, {});
    await until(() => engine.running === 2);
    await handler.drain(50);
    const text = await stream.text();
    expect(text).toContain('"code":"shutting_down"');
    expect(text).not.toContain('[DONE]');
    expect((await whole).status).toBe(503);
    expect(await errorOf(await whole)).toMatchObject({ code: 'shutting_down' });
    expect(engine.cancelled).toBe(2);
  });
});

describe('hostile bodies', () => {
  const message = { role: 'user', content: 'x' };
  const bodies = {
    '10 MB prompt': [JSON.stringify({ ...question, model: 'x'.repeat(10 * 1024 * 1024) }), 413],
    '100,000 messages': [
      JSON.stringify({ model: MODEL, messages: Array.from({ length: 100_000 }, () => message) }),
      400,
    ],
    'JSON 20,000 deep': ['[{"a":'.repeat(10_000), 400],
    'two million numbers': [`{"stop_token_ids":[${'1,'.repeat(1_900_000)}1]}`, 400],
    'a million empty arrays': [`[${'[],'.repeat(1_000_000)}1]`, 400],
  } as const;

  it.each(Object.entries(bodies))('%s is refused without blocking others', async (_, fault) => {
    const [body, status] = fault;
    const { engine, server } = await setUp();
    const request = new Blob([body]);
    let response: Response | undefined;
    const longest = await longestTurn(async () => {
      response = await fetch(`${server.url}${CHAT}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: request,
      });
    });
    expect(response?.status).toBe(status);
    expect(engine.calls).toEqual([]);
    expect(longest).toBeLessThan(50);
  });

  it('a body without a length is measured as it arrives', async () => {
    const { server } = await setUp({ bodyLimits: { maxBytes: 1000, maxImageBytes: 0 } });
    const response = await fetch(`${server.url}${CHAT}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Blob(['x'.repeat(2000)]).stream(),
      duplex: 'half',
    });
    expect(response.status).toBe(413);
  });
});

describe('bytes that are not a good request', () => {
  it.each([
    ['no HTTP at all', 'hello\r\n\r\n', '400 Bad Request'],
    ['a host that is no host', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n', '400 Bad Request'],
    ['a rebound host', 'GET /v1/models HTTP/1.1\r\nHost: evil.example\r\n\r\n', '403 Forbidden'],
  ])('%s', async (_, bytes, status) => {
    const { server } = await setUp();
    const socket = rawSocket(server);
    socket.write(bytes);
    const [answer] = await once(socket.setEncoding('utf8'), 'data');
    expect(answer).toContain(status);
    socket.destroy();
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });
});

describe('listening', () => {
  it('says what to do about a port in use', async () => {
    const { handler, server } = await setUp();
    const port = Number(new URL(server.url).port);
    await expect(listen(handler, { host: '127.0.0.1', port })).rejects.toThrow(
      `Port ${port} is already in use. Stop what listens there or choose another with --port.`,
    );
  });

  it('says what to do about a foreign address', async () => {
    const { handler } = await setUp();
    await expect(listen(handler, { host: '192.0.2.1', port: 0 })).rejects.toThrow(
      'This machine has no address "192.0.2.1".',
    );
  });
});

function rawSocket(server: HttpServer): Socket {
  const { hostname, port } = new URL(server.url);
  return connect(Number(port), hostname);
}

function rawPost(server: HttpServer, body: object): Socket {
  const socket = rawSocket(server);
  socket.write(requestText(server, body));
  return socket;
}

function requestText(server: HttpServer, body: object): string {
  const text = JSON.stringify(body);
  return [
    `POST ${CHAT} HTTP/1.1`,
    `Host: ${new URL(server.url).host}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(text)}`,
    '',
    text,
  ].join('\r\n');
}

async function readUntil(socket: Socket, enough: (read: string) => boolean): Promise<string> {
  let read = '';
  socket.setEncoding('utf8').on('data', (part: string) => (read += part));
  await until(() => enough(read));
  return read;
}

/** The text of all events in a body. */
function textOf(body: string): string {
  const events = [...body.matchAll(/^data: (\{.*\})$/gm)].map(([, data = '']) => JSON.parse(data));
  return events.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
}
