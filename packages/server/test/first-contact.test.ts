import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHandler, listen, type HttpServer } from '../src/index.js';
import { MODEL, ScriptedEngine } from './support/scripted-engine.js';
import { question } from './support/requests.js';

/** What people try first, over a connection of their own. */
let server: HttpServer;

beforeAll(async () => {
  server = await listen(createHandler(new ScriptedEngine()), { host: '127.0.0.1', port: 0 });
});

afterAll(() => server[Symbol.asyncDispose]());

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

function ask(path: string, { method = 'POST', headers = {}, body = '' }: Asked) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const asked = request(`${server.url}${path}`, { method, headers }, (response) => {
      text(response).then(
        (read) => resolve({ status: response.statusCode ?? 0, text: read }),
        reject,
      );
    });
    asked.on('error', reject);
    if (headers['expect'] === undefined) asked.end(body);
    else asked.on('continue', () => asked.end(body));
  });
}

const json = { 'content-type': 'application/json' };
const chat = JSON.stringify(question);
const sized = (megabytes: number) =>
  JSON.stringify({
    ...question,
    messages: [{ role: 'user', content: 'x'.repeat(megabytes << 20) }],
  });

it.each<[what: string, path: string, asked: Asked, status: number, words: string]>([
  [
    'the newer API',
    '/v1/responses',
    { headers: json, body: JSON.stringify({ model: MODEL, input: 'Hi' }) },
    200,
    'Hello world',
  ],
  [
    'a slash at the end',
    '/v1/chat/completions/',
    { headers: json, body: chat },
    200,
    'Hello world',
  ],
  ['a slash too many', '/v1//chat/completions', { headers: json, body: chat }, 200, 'Hello world'],
  [
    'a byte order mark',
    '/v1/chat/completions',
    { headers: json, body: `\uFEFF${chat}` },
    200,
    'Hello world',
  ],
  [
    'a body in another encoding of characters',
    '/v1/chat/completions',
    { headers: json, body: Buffer.from(JSON.stringify({ ...question, user: 'José' }), 'latin1') },
    400,
    'not in UTF-8',
  ],
  [
    'a packed body',
    '/v1/chat/completions',
    { headers: { ...json, 'content-encoding': 'gzip' }, body: gzipSync(chat) },
    415,
    'without \\"Content-Encoding: gzip\\"',
  ],
  ['a body without a type', '/v1/chat/completions', { body: chat }, 200, 'Hello world'],
  [
    'a body that waits to be asked for',
    '/v1/chat/completions',
    { headers: { ...json, expect: '100-continue' }, body: sized(2) },
    200,
    'Hello world',
  ],
  [
    'a body of five megabytes',
    '/v1/chat/completions',
    { headers: json, body: sized(5) },
    413,
    '4.0 MiB',
  ],
  [
    'a model that is not served',
    '/v1/chat/completions',
    { headers: json, body: JSON.stringify({ ...question, model: 'gpt-4o' }) },
    404,
    MODEL,
  ],
  [
    'no model',
    '/v1/chat/completions',
    { headers: json, body: JSON.stringify({ messages: question.messages }) },
    400,
    "'model'",
  ],
  [
    'the name of a container’s host',
    '/v1/models',
    { method: 'GET', headers: { host: 'host.docker.internal:8484' } },
    403,
    '--allow-host host.docker.internal',
  ],
  [
    'an address of the local network',
    '/v1/models',
    { method: 'GET', headers: { host: '192.168.1.7' } },
    403,
    '--allow-host 192.168.1.7',
  ],
  ['a probe for the server', '/v1/models', { method: 'HEAD' }, 200, ''],
  ['the wrong method', '/v1/chat/completions', { method: 'GET' }, 405, 'takes POST, not GET'],
  [
    'an address without its base',
    '/chat/completions',
    { headers: json, body: chat },
    404,
    'Did you mean /v1/chat/completions?',
  ],
  [
    'an address with its base twice',
    '/v1/v1/models',
    { method: 'GET' },
    404,
    'Did you mean /v1/models?',
  ],
  [
    'an address of Ollama behind the base of OpenAI',
    '/v1/api/chat',
    { headers: json, body: chat },
    404,
    'Did you mean /api/chat?',
  ],
  [
    "an address of LM Studio's own API",
    '/api/v0/chat/completions',
    { headers: json, body: chat },
    404,
    'Did you mean /v1/chat/completions?',
  ],
  [
    'an address without its last letter',
    '/v1/chat/completion',
    { headers: json, body: chat },
    404,
    'Did you mean /v1/chat/completions?',
  ],
  ['a base address alone', '/v1', { method: 'GET' }, 404, 'Did you mean /v1/models?'],
  ['the health of vLLM', '/health', { method: 'GET' }, 404, 'Did you mean /healthz?'],
  [
    'a message without its role',
    '/v1/chat/completions',
    { headers: json, body: JSON.stringify({ model: MODEL, messages: [{ content: 'Hi' }] }) },
    400,
    "Invalid 'messages.0.role': Required: one of 'system', 'developer', 'user',",
  ],
  [
    'an address that is not there',
    '/v1/nothing',
    { headers: json, body: '{}' },
    404,
    '/v1/nothing',
  ],
])('%s is answered as its client expects', async (_, path, asked, status, words) => {
  const answer = await ask(path, asked);
  expect(answer).toMatchObject({ status, text: expect.stringContaining(words) });
});

it.each([
  ['/v1/models', 'GET, HEAD'],
  ['/v1/chat/completions', 'POST'],
])('the wrong method at %s is told all that are right', async (path, allow) => {
  const response = await fetch(`${server.url}${path}`, { method: 'PUT' });
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe(allow);
});
