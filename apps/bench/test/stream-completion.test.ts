import { once } from 'node:events';
import { Agent, createServer, type RequestListener } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import type { Endpoint } from '../src/client/endpoint.ts';
import { streamCompletion } from '../src/client/stream-completion.ts';

const request = { messages: [], max_tokens: 1, temperature: 0 };
let close: (() => void) | undefined;
afterEach(() => close?.());

async function serve(listener: RequestListener): Promise<Endpoint> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  close = () => server.closeAllConnections();
  server.unref();
  return { origin: `http://127.0.0.1:${address.port}`, model: 'm', agent: new Agent() };
}

test('asks for a stream with usage and records it', async () => {
  let asked = '';
  const endpoint = await serve((incoming, response) => {
    incoming.setEncoding('utf8').on('data', (text) => (asked += text));
    incoming.on('end', () => {
      response.write('data: {"choices":[{"delta":{"content":"é"}}]}\n\n');
      response.write('data: {"usage":{"prompt_tokens":1,"completion_tokens":1}}\n\n');
      response.end('data: [DONE]\n\n');
    });
  });
  const record = await streamCompletion(endpoint, request);
  expect(record).toMatchObject({ text: 'é', usage: { promptTokens: 1, completionTokens: 1 } });
  expect(JSON.parse(asked)).toMatchObject({
    model: 'm',
    stream: true,
    stream_options: { include_usage: true },
  });
});

test('a refusal is thrown with what the server said', async () => {
  const endpoint = await serve((_, response) => response.writeHead(400).end('no such parameter'));
  await expect(streamCompletion(endpoint, request)).rejects.toThrow('400: no such parameter');
});

test('an aborted stream is thrown, not recorded', async () => {
  const abort = new AbortController();
  const endpoint = await serve((_, response) => {
    response.write('data: {"choices":[{"delta":{"content":"a"}}]}\n\n');
  });
  const record = streamCompletion(endpoint, request, {
    signal: abort.signal,
    onData: () => abort.abort(),
  });
  await expect(record).rejects.toThrow('abort');
});
