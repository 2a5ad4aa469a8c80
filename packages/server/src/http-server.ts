import { once } from 'node:events';
import { createServer, ServerResponse, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { EngineClientError } from '@mlx/schemas';
import type { Handler } from './handler.js';
import { errorResponse } from './http/error-response.js';
import { HttpError } from './http/http-error.js';
import { openAIErrors } from './openai/errors.js';
import type { StartBody } from './sse/body-sink.js';
import { socketBody } from './sse/socket-body.js';

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}

export interface HttpServer extends AsyncDisposable {
  /** Where it answers, such as `http://127.0.0.1:8484`. */
  readonly url: string;
  /** Refuses new connections, lets open ones end for `graceMs`, then cuts them. */
  close(graceMs?: number): Promise<void>;
}

/** Time for a client to send its headers; a slow one must not hold a socket for long. */
const HEADERS_TIMEOUT_MS = 10_000;
/** Time for a client to send its whole request. */
const REQUEST_TIMEOUT_MS = 60_000;
/** Longer than the idle timeout of common proxies, so that they close first. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;
const IDLE_SWEEP_MS = 20;

/** A handler as a listener of Node's own servers, and a route of Express and its like. */
export function createNodeListener(handler: Handler): RequestListener {
  const listener = getRequestListener(
    (request, { outgoing }) =>
      outgoing instanceof ServerResponse
        ? respond(handler, request, outgoing)
        : handler.fetch(request),
    { overrideGlobalObjects: false, errorHandler: malformedRequest },
  );
  return (incoming, outgoing) => void listener(incoming, outgoing);
}

/** Serves a handler on a TCP port. */
export async function listen(handler: Handler, options: ListenOptions): Promise<HttpServer> {
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      // Tokens are small and due at once; collecting them into packets only delays them.
      noDelay: true,
    },
    createNodeListener(handler),
  );
  server.on('clientError', refuseMalformed);
  await startListening(server, options);
  return {
    url: urlOf(server.address()),
    close: (graceMs = 0) => close(server, graceMs),
    [Symbol.asyncDispose]: () => close(server, 0),
  };
}

/** Streams are written to the socket as they come; a Response's stream costs several times as much. */
async function respond(
  handler: Handler,
  request: Request,
  outgoing: ServerResponse,
): Promise<Response> {
  let start: StartBody | undefined;
  const response = await handler.fetch(request, {
    disconnect: () => void outgoing.destroy(),
    writeBody: (body) => (start = body),
  });
  if (start === undefined) return response;
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  start(socketBody(outgoing));
  return RESPONSE_ALREADY_SENT;
}

async function close(server: Server, graceMs: number): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  // Connections become idle one by one, as their last answers are delivered.
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}

async function startListening(server: Server, { host, port }: ListenOptions): Promise<void> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (cause) {
    throw new EngineClientError('TransportError', explain(cause, host, port), { cause });
  }
}

function explain(cause: unknown, host: string, port: number): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is already in use. Stop what listens there or choose another with --port.`;
    case 'EACCES':
      return `Port ${port} needs more rights than this user has. Choose one above 1023 with --port.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address "${host}". Choose one of its own with --host.`;
    default:
      return `The server cannot listen on ${host}:${port}: ${String(cause)}`;
  }
}

function malformedRequest(error: unknown): Response {
  const message = 'The request line or the Host header is malformed.';
  return errorResponse(
    new HttpError(message, { status: 400, code: 'malformed_request', cause: error }),
    openAIErrors,
  );
}

/** Bytes that are not HTTP, or a client that vanished: answer if possible, never crash. */
function refuseMalformed(_error: Error, socket: Socket): void {
  if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
  else socket.destroy();
}

function urlOf(bound: AddressInfo | string | null): string {
  if (bound === null || typeof bound === 'string') throw new TypeError('Not a TCP address');
  const { address, family, port } = bound;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
