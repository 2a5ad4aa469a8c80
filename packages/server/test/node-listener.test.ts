import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { createHandler, createNodeListener } from '../src/index.js';
import { question } from './support/requests.js';
import { ScriptedEngine } from './support/scripted-engine.js';

it('answers in a server of Node’s own, whole and as a stream', async () => {
  await using server = createServer(createNodeListener(createHandler(new ScriptedEngine())));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ask = async (body: object) => {
    const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return response.text();
  };
  expect(JSON.parse(await ask(question))).toMatchObject({
    choices: [{ message: { content: 'Hello world' } }],
  });
  expect(await ask({ ...question, stream: true })).toMatch(/data: \[DONE\]\s*$/);
  server.closeAllConnections();
});
