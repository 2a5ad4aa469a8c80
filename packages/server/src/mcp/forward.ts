import { HttpError } from '../http/http-error.js';

/** What the protocol's HTTP transport uses; keys of this server stay here. */
const REQUEST_HEADERS = [
  'accept',
  'content-type',
  'last-event-id',
  'mcp-protocol-version',
  'mcp-session-id',
];
const RESPONSE_HEADERS = ['cache-control', 'content-type', 'mcp-session-id'];

/** Hands a request on to an MCP server and streams what that answers. */
export async function forwardToMcp(request: Request, url: string): Promise<Response> {
  const answer = await ask(request, url);
  return new Response(answer.body && ReadableStream.from(untilLeft(answer.body, request.signal)), {
    status: answer.status,
    headers: pick(answer.headers, RESPONSE_HEADERS),
  });
}

async function ask(request: Request, url: string): Promise<Response> {
  try {
    return await fetch(url, {
      method: request.method,
      headers: pick(request.headers, REQUEST_HEADERS),
      body: request.method === 'POST' ? await request.arrayBuffer() : null,
      signal: request.signal,
      // Only the address that was chosen: a redirect could lead anywhere.
      redirect: 'error',
    });
  } catch (cause) {
    if (request.signal.aborted) throw cause;
    throw new HttpError('The MCP server cannot be reached. Is it running?', {
      status: 502,
      code: 'mcp_server_unreachable',
      cause,
    });
  }
}

/** Ends quietly when the page leaves, which is how such streams end. */
async function* untilLeft(body: AsyncIterable<Uint8Array>, signal: AbortSignal) {
  try {
    yield* body;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function pick(headers: Headers, names: readonly string[]): Headers {
  const picked = new Headers();
  for (const name of names) {
    const value = headers.get(name);
    if (value !== null) picked.set(name, value);
  }
  return picked;
}
