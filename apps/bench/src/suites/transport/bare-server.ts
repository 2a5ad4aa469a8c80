import { createServer, type ServerResponse } from 'node:http';

export interface BareServer extends AsyncDisposable {
  readonly port: number;
}

/**
 * What Node alone takes: a server that does nothing but write an event to all
 * of its streams, every `stepMs`, until each has had `tokens`.
 */
export async function startBareServer(
  connections: number,
  tokens: number,
  stepMs: number,
): Promise<BareServer> {
  const streams: ServerResponse[] = [];
  let steps = 0;
  const server = createServer({ noDelay: true }, (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    streams.push(response);
  });
  const timer = setInterval(() => {
    if (streams.length < connections || steps > tokens) return;
    steps += 1;
    if (steps > tokens) for (const stream of streams) stream.end('data: [DONE]\n\n');
    else for (const stream of streams) stream.write(eventOf(process.hrtime.bigint() / 1000n));
  }, stepMs);
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await listening;
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('Not a TCP address');
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function eventOf(microseconds: bigint): string {
  const choice = { index: 0, text: `${microseconds} `, logprobs: null, finish_reason: null };
  const envelope = { id: 'cmpl-00000000-0000-0000-0000-000000000000', object: 'text_completion' };
  const event = { ...envelope, created: 1_700_000_000, model: 'fake', choices: [choice] };
  return `data: ${JSON.stringify(event)}\n\n`;
}
