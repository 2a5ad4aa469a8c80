import { monotonicMicroseconds, Pace } from '@mlx/bridge/testing';
import { createServer, type ServerResponse } from 'node:http';

export interface BareServer extends AsyncDisposable {
  readonly port: number;
}

export interface BareStreams {
  readonly connections: number;
  /** Events of each. */
  readonly tokens: number;
  readonly stepMs: number;
  /** The streams are dealt to so many batches, which step one after another. */
  readonly batches: number;
}

/**
 * What Node alone takes: a server that does nothing but write an event to all
 * of its streams, every `stepMs`, until each has had `tokens`. Its pace is the
 * fake sidecar's.
 */
export async function startBareServer(plan: BareStreams): Promise<BareServer> {
  const { connections, tokens, stepMs, batches } = plan;
  const streams: ServerResponse[] = [];
  let steps = 0;
  const pace = new Pace();
  const step = (): void => {
    if (steps >= tokens * batches) {
      for (const stream of streams) stream.end('data: [DONE]\n\n');
      return;
    }
    const due = monotonicMicroseconds(pace.due ?? performance.now());
    for (let at = steps % batches; at < streams.length; at += batches) {
      streams[at]?.write(eventOf(due));
    }
    steps += 1;
    pace.wait(stepMs / batches, step);
  };
  const server = createServer({ noDelay: true }, (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    streams.push(response);
    if (streams.length === connections) pace.wait(stepMs / batches, step);
  });
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await listening;
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('Not a TCP address');
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function eventOf(microseconds: number): string {
  const choice = { index: 0, text: `${microseconds} `, logprobs: null, finish_reason: null };
  const envelope = { id: 'cmpl-00000000-0000-0000-0000-000000000000', object: 'text_completion' };
  const event = { ...envelope, created: 1_700_000_000, model: 'fake', choices: [choice] };
  return `data: ${JSON.stringify(event)}\n\n`;
}
