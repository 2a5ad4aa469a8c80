import { once } from 'node:events';
import { createServer as createHttp1 } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';

export interface Received {
  readonly path: string;
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

export interface OtlpReceiver extends AsyncDisposable {
  readonly url: string;
  readonly received: readonly Received[];
}

/** What every collector offers on port 4318. */
export async function httpReceiver(): Promise<OtlpReceiver> {
  const received: Received[] = [];
  const server = createHttp1(async (request, response) => {
    const contentType = request.headers['content-type'];
    received.push({ path: request.url ?? '', contentType, body: await read(request) });
    response.end(contentType === 'application/json' ? '{}' : '');
  });
  return listen(server, received);
}

/** One that takes connections and never answers. */
export async function silentReceiver(): Promise<OtlpReceiver> {
  return listen(createHttp1(), []);
}

/** And on port 4317: calls of gRPC, each answered with an empty message and the status 0. */
export async function grpcReceiver(): Promise<OtlpReceiver> {
  const received: Received[] = [];
  const server = createHttp2();
  server.on('stream', async (stream, headers) => {
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc' },
      { waitForTrailers: true },
    );
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    const path = headers[':path'] ?? '';
    received.push({ path, contentType: headers['content-type'], body: await read(stream) });
    stream.end(Buffer.alloc(5));
  });
  return listen(server, received);
}

async function read(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function listen(server: Server, received: readonly Received[]): Promise<OtlpReceiver> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    [Symbol.asyncDispose]: async () => void server.close(),
  };
}
