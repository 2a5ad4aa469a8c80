import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { expect, it } from 'vitest';
import { createHandler, listen } from '../../src/index.js';
import { linesOf, setUpOllama } from '../support/ollama-client.js';
import { endless, MODEL, ScriptedEngine } from '../support/scripted-engine.js';
import { until } from '../support/until.js';

const messages = [{ role: 'user', content: 'Hi' }];

it('a stream that fails midway ends with a line that says why', async () => {
  const { ask } = setUpOllama([
    { type: 'token', token: 'Hel' },
    { type: 'error', error: { code: 'SidecarCrashed', message: 'The model process ended.' } },
  ]);
  expect((await linesOf(await ask('/api/chat', { messages }))).at(-1)).toEqual({
    error: 'The model process ended.',
  });
});

it('a request that fails before the first token is refused with a status', async () => {
  const { ask } = setUpOllama([
    { type: 'error', error: { code: 'Overloaded', message: 'The queue is full.' } },
  ]);
  const response = await ask('/api/generate', { prompt: 'Hi' });
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({ error: 'The queue is full.' });
});

it('an answer that nobody reads is given up, though the connection stays open', async () => {
  const engine = new ScriptedEngine();
  engine.script(endless);
  const handler = createHandler(engine, { stallTimeoutMs: 200 });
  await using server = await listen(handler, { host: '127.0.0.1', port: 0 });
  const request = httpRequest(`${server.url}/api/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  });
  request.end(JSON.stringify({ model: MODEL, messages }));
  const [response] = await once(request, 'response');
  // As a loop that is left: it takes one piece and neither reads on nor closes.
  await once(response, 'readable');
  response.read(10);
  expect(engine.running).toBe(1);
  response.on('error', () => undefined);
  await until(() => engine.running === 0);
  expect([engine.cancelled, handler.activeRequests]).toEqual([1, 0]);
});
