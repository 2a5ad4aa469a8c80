import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { afterAll, beforeAll } from 'vitest';
import { z } from 'zod';

export interface ToolServer {
  /** By their names, for the page's server; filled in before the first test. */
  readonly servers: Record<string, string>;
  /** What requests to it brought as a key. */
  readonly keys: (string | undefined)[];
}

/** A real MCP server of the name `sums`: a tool that adds, one that fails, one that reads; listed one by one. */
export function toolServer(): ToolServer {
  const servers: Record<string, string> = {};
  const keys: (string | undefined)[] = [];
  let http: Server;
  beforeAll(async () => {
    http = createServer(async (request, response) => {
      keys.push(request.headers.authorization);
      const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
      await sums().connect(transport);
      await transport.handleRequest(request, response);
    });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    servers['sums'] = `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`;
  });
  afterAll(() => http.close());
  return { servers, keys };
}

function sums(): McpServer {
  const server = new McpServer({ name: 'sums', version: '1' });
  const inputSchema = { a: z.number(), b: z.number() };
  server.registerTool('add', { description: 'Adds', inputSchema }, ({ a, b }) => ({
    content: [{ type: 'text', text: String(a + b) }],
  }));
  server.registerTool('fail', { description: 'Fails' }, () => {
    throw new Error('No luck');
  });
  server.registerTool('read', { description: 'Reads' }, () => ({
    content: [
      { type: 'resource', resource: { uri: 'file:///a.txt', text: 'What a.txt says' } },
      { type: 'resource_link', uri: 'file:///b.txt', name: 'b' },
      { type: 'image', data: 'AAAA', mimeType: 'image/png' },
    ],
  }));
  server.registerTool(
    'count',
    { description: 'Counts', outputSchema: { files: z.number() } },
    () => ({
      content: [],
      structuredContent: { files: 2 },
    }),
  );
  server.server.setRequestHandler(ListToolsRequestSchema, ({ params }) => listed(params?.cursor));
  return server;
}

const parameters: Record<string, z.ZodObject> = {
  add: z.object({ a: z.number(), b: z.number() }),
  fail: z.object({}),
  read: z.object({}),
  count: z.object({}),
};

/** One tool a page. */
function listed(cursor = '0') {
  const names = Object.keys(parameters);
  const place = Number(cursor);
  const tools = names.slice(place, place + 1).map((name) => {
    const { properties } = z.toJSONSchema(parameters[name] ?? z.object({}));
    return { name, inputSchema: { type: 'object' as const, properties } };
  });
  return place + 1 < names.length ? { tools, nextCursor: String(place + 1) } : { tools };
}
